/** A text that a pattern is found in. Jest's own matchers are typed as any. */
export function matching(pattern: RegExp): unknown {
  return expect.stringMatching(pattern);
}

export function containing(fields: object): unknown {
  return expect.objectContaining({ ...fields });
}

export const anything: unknown = expect.anything();
