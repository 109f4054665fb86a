import { randomUUID } from 'node:crypto';
import { isTombstonedThroughItsStream, placeMetadata } from './append.js';
import { type ExpectedRevision, decide } from './expected-revision.js';
import { NO_EVENTS, TOMBSTONE_REVISION } from './store/head.js';
import { type Transaction } from './store/transaction.js';
import { SOFT_DELETED, metastreamOf } from './stream-metadata.js';

export interface DeleteCommand {
  readonly stream: string;
  readonly expected: ExpectedRevision;
}

export type DeleteOutcome =
  | { readonly kind: 'done'; readonly position: number }
  | { readonly kind: 'wrong expected revision'; readonly current: number }
  | { readonly kind: 'deleted' };

const NOTHING = Buffer.alloc(0);

/**
 * Hides the events of a stream; its revisions go on when it is written again. A stream that has nothing but metadata
 * can be deleted, one that has nothing at all cannot.
 */
export function deleteStream(transaction: Transaction, command: DeleteCommand): DeleteOutcome {
  const refusal = refusalOf(transaction, command);
  if (refusal) return refusal;
  const { stream } = command;
  const metastream = metastreamOf(stream);
  if (isEmpty(transaction, stream) && isEmpty(transaction, metastream)) {
    return { kind: 'wrong expected revision', current: NO_EVENTS };
  }
  return { kind: 'done', position: placeMetadata(transaction, stream, metastream, SOFT_DELETED) };
}

/** Ends a stream for ever, one that never existed too. */
export function tombstoneStream(transaction: Transaction, command: DeleteCommand): DeleteOutcome {
  const refusal = refusalOf(transaction, command);
  if (refusal) return refusal;
  const { stream } = command;
  const head = transaction.headOrNew(stream);
  transaction.setHead(stream, { ...head, tombstoned: true });
  const { position } = transaction.place(stream, head, TOMBSTONE_REVISION, {
    id: randomUUID(),
    type: '$streamDeleted',
    isJson: false,
    metadata: NOTHING,
    data: NOTHING,
  });
  return { kind: 'done', position };
}

/** A deletion is decided as an append of one event that no stream holds. */
function refusalOf(transaction: Transaction, { stream, expected }: DeleteCommand): DeleteOutcome | undefined {
  if (isTombstonedThroughItsStream(transaction, stream)) return { kind: 'deleted' };
  const head = transaction.headOrNew(stream);
  const hasMetadata = !isEmpty(transaction, metastreamOf(stream));
  const decision = decide(expected, head, [randomUUID()], transaction.knownEvents(head), hasMetadata);
  if (decision.kind === 'deleted') return { kind: 'deleted' };
  return decision.kind === 'write' ? undefined : { kind: 'wrong expected revision', current: head.last };
}

function isEmpty(transaction: Transaction, stream: string): boolean {
  return (transaction.head(stream)?.last ?? NO_EVENTS) === NO_EVENTS;
}
