import { randomUUID } from 'node:crypto';
import { isTombstonedThroughItsStream, placeMetadata } from './append.js';
import { type ExpectedRevision } from './expected-revision.js';
import { type Head, NO_EVENTS, TOMBSTONE_REVISION, isSoftDeleted } from './store/head.js';
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

/** Hides the events of a stream; its revisions go on when it is written again. */
export function deleteStream(transaction: Transaction, { stream, expected }: DeleteCommand): DeleteOutcome {
  const head = transaction.headOrNew(stream);
  if (head.tombstoned || isTombstonedThroughItsStream(transaction, stream)) return { kind: 'deleted' };
  if (head.last === NO_EVENTS || !meets(expected, head)) {
    return { kind: 'wrong expected revision', current: head.last };
  }
  return { kind: 'done', position: placeMetadata(transaction, stream, metastreamOf(stream), SOFT_DELETED) };
}

/** Ends a stream for ever, one that never existed too. */
export function tombstoneStream(
  transaction: Transaction,
  { stream, expected }: DeleteCommand,
): DeleteOutcome {
  const head = transaction.headOrNew(stream);
  if (head.tombstoned || isTombstonedThroughItsStream(transaction, stream)) return { kind: 'deleted' };
  if (!meets(expected, head)) return { kind: 'wrong expected revision', current: head.last };
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

function meets(expected: ExpectedRevision, head: Head): boolean {
  switch (expected.kind) {
    case 'any':
      return true;
    case 'no stream':
      return head.last === NO_EVENTS || isSoftDeleted(head);
    case 'stream exists':
      return head.last !== NO_EVENTS && !isSoftDeleted(head);
    case 'exact':
      return Number(expected.revision) === head.last;
  }
}
