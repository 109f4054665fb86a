import { deserialize, type Document, EJSON, serialize } from 'bson';

/** Every type stays what it is on the wire. */
export const EXACT = {
  promoteValues: false,
  promoteLongs: false,
  promoteBuffers: false,
  bsonRegExp: true,
} as const;

/**
 * A document as text that tells types, the order of keys and missing from null apart; what was not read with EXACT
 * is encoded as the driver would encode it.
 */
export function exactly(document: Document): string {
  return EJSON.stringify(deserialize(serialize(document, { ignoreUndefined: true }), EXACT), {
    relaxed: false,
  });
}

export function expectExactly(actual: readonly Document[], expected: readonly Document[]): void {
  expect(actual.map(exactly)).toEqual(expected.map(exactly));
}

/** What a call that must fail was rejected with. */
export async function rejectionOf(call: Promise<unknown>): Promise<Record<string, unknown>> {
  const outcome = await call.then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  if (outcome === undefined) throw new Error('the call was expected to be rejected by the server');
  return outcome.error as Record<string, unknown>;
}

/** The code of an error, whose number keeps its type when it was read with EXACT. */
export async function codeOfRejection(call: Promise<unknown>): Promise<number> {
  return Number((await rejectionOf(call))['code']);
}
