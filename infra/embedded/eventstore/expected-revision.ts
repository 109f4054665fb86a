import { type Head, NO_EVENTS, isSoftDeleted } from './store/head.js';

/** What a writer expects of a stream before it appends. */
export type ExpectedRevision =
  | { readonly kind: 'any' }
  | { readonly kind: 'no stream' }
  | { readonly kind: 'stream exists' }
  | { readonly kind: 'exact'; readonly revision: bigint };

/** What is known of the events a writer asks to append, as far as the decision needs it. */
export interface KnownEvents {
  /** The newest revision at which the stream holds the event, whoever wrote it. */
  revisionOf(id: string): number | undefined;
  isEventAt(revision: number, id: string): boolean;
}

export type Decision =
  | { readonly kind: 'write' }
  | { readonly kind: 'already written'; readonly last: number }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'deleted' };

const WRITE: Decision = { kind: 'write' };
const WRONG: Decision = { kind: 'wrong' };
const DELETED: Decision = { kind: 'deleted' };

/** Decides an append of events with these ids onto a stream, as the server does. */
export function decide(
  expected: ExpectedRevision,
  head: Head,
  ids: readonly string[],
  known: KnownEvents,
  hasMetadata: boolean,
): Decision {
  if (head.tombstoned) return DELETED;
  if (expected.kind === 'stream exists') {
    if (isSoftDeleted(head)) return DELETED;
    if (head.last === NO_EVENTS && !hasMetadata) return WRONG;
  }
  if (expected.kind === 'any' || expected.kind === 'stream exists') return decideAnywhere(ids, known);
  const revision = expected.kind === 'no stream' ? NO_EVENTS : Number(expected.revision);
  if (revision === head.last) return WRITE;
  if (revision > head.last) return WRONG;
  return decideBehindHead(revision, head, ids, known);
}

/** Without an exact expectation an append is a repetition when the stream holds every one of its events. */
function decideAnywhere(ids: readonly string[], known: KnownEvents): Decision {
  let last: number | undefined;
  for (const id of ids) {
    const revision = known.revisionOf(id);
    if (revision === undefined) return last === undefined ? WRITE : WRONG;
    last = revision;
  }
  return last === undefined ? WRITE : { kind: 'already written', last };
}

/** Expecting an older revision is right only when the same events follow it. */
function decideBehindHead(
  expected: number,
  head: Head,
  ids: readonly string[],
  known: KnownEvents,
): Decision {
  let revision = expected;
  for (const id of ids) {
    revision++;
    if (known.isEventAt(revision, id)) continue;
    const isFirst = revision === expected + 1;
    return isFirst && expected === NO_EVENTS && isSoftDeleted(head) ? WRITE : WRONG;
  }
  return revision === expected ? WRONG : { kind: 'already written', last: revision };
}
