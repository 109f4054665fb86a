import type { JsonObject } from '../../domain/kernel/json.js';
import { expectProblem } from './expectations.js';
import type { Ask, HttpClient } from './http-client.js';

/** A request that is refused. */
export interface Refused {
  readonly what: string;
  readonly who?: () => HttpClient;
  readonly path?: string | (() => string);
  readonly ask?: Ask;
  readonly status: number;
  readonly code: string;
  readonly says?: RegExp;
}

export const post = (json: JsonObject): Ask => ({ method: 'POST', json });

export const file = (raw: string | Uint8Array<ArrayBuffer>): Ask => ({
  method: 'POST',
  raw,
  headers: { 'content-type': 'text/csv' },
});

/** One test for each: sent to the usual path by the usual client, where it names no other. */
export function describeRefusals(
  kind: string,
  usual: string,
  client: () => HttpClient,
  cases: readonly Refused[],
): void {
  describe(kind, () => {
    it.each(cases)(
      '$what is answered $status $code',
      async ({ who = client, path = usual, ask = {}, ...expected }) => {
        expectProblem(await who().ask(typeof path === 'string' ? path : path(), ask), expected);
      },
    );
  });
}
