import { type ExpectedRevision, decide } from './expected-revision.js';
import { type Head, NO_EVENTS, firstVisible, isSoftDeleted } from './store/head.js';
import { type ProposedEvent } from './store/record.js';
import { type Transaction } from './store/transaction.js';
import { beginningAt, describedBy, metadataEvent, metastreamOf, withMetadata } from './stream-metadata.js';

export interface AppendCommand {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly events: readonly ProposedEvent[];
}

export type AppendOutcome =
  | { readonly kind: 'appended'; readonly revision: number; readonly position: number | undefined }
  | { readonly kind: 'wrong expected revision'; readonly current: number }
  | { readonly kind: 'deleted' };

/** Appends inside a transaction, or says why not. */
export function append(transaction: Transaction, { stream, expected, events }: AppendCommand): AppendOutcome {
  const head = transaction.headOrNew(stream);
  if (isTombstonedThroughItsStream(transaction, stream)) return { kind: 'deleted' };
  const hasMetadata = (transaction.head(metastreamOf(stream))?.last ?? NO_EVENTS) !== NO_EVENTS;
  const ids = events.map((event) => event.id);
  const decision = decide(expected, head, ids, transaction.knownEvents(head), hasMetadata);
  switch (decision.kind) {
    case 'deleted':
      return { kind: 'deleted' };
    case 'wrong':
      return { kind: 'wrong expected revision', current: head.last };
    case 'already written':
      return {
        kind: 'appended',
        revision: decision.last,
        position: positionOfVisible(transaction, stream, head, decision.last),
      };
    case 'write':
      return events.length === 0
        ? { kind: 'appended', revision: head.last, position: transaction.placeMarker().position }
        : write(transaction, stream, head, events);
  }
}

/** With a tombstoned stream its metadata stream is gone too. */
export function isTombstonedThroughItsStream(
  transaction: { head(name: string): Head | undefined },
  stream: string,
): boolean {
  const described = describedBy(stream);
  return described !== undefined && transaction.head(described)?.tombstoned === true;
}

function positionOfVisible(
  transaction: Transaction,
  stream: string,
  head: Head,
  revision: number,
): number | undefined {
  if (revision < firstVisible(stream, head)) return undefined;
  return transaction.recordAt(head.number, revision)?.position;
}

function write(
  transaction: Transaction,
  stream: string,
  head: Head,
  events: readonly ProposedEvent[],
): AppendOutcome {
  const beginsAgain = isSoftDeleted(head);
  let revision = head.last;
  let position = 0;
  // The head is set before anything else can take its number.
  transaction.setHead(stream, { ...head, last: head.last + events.length });
  for (const event of events) {
    revision++;
    position = transaction.place(stream, head, revision, event).position;
  }
  const newest = events.at(-1);
  const described = describedBy(stream);
  if (described !== undefined && newest) describe(transaction, described, stream, newest);
  if (beginsAgain) beginAgain(transaction, stream, head.last + 1);
  return { kind: 'appended', revision, position };
}

/** Applies a metadata event to the stream it describes. */
function describe(
  transaction: Transaction,
  described: string,
  metastream: string,
  newest: ProposedEvent,
): void {
  const before = transaction.headOrNew(described);
  const after = withMetadata(before, newest);
  transaction.setHead(described, after);
  // Metadata set on a soft-deleted stream lets it begin again, unless it deletes the stream once more.
  if (isSoftDeleted(before) && !isSoftDeleted(after)) {
    placeMetadata(transaction, described, metastream, beginningAt(before.last + 1, newest.data));
  }
}

function beginAgain(transaction: Transaction, stream: string, revision: number): void {
  const metastream = metastreamOf(stream);
  const metaHead = transaction.headOrNew(metastream);
  const current = transaction.recordAt(metaHead.number, metaHead.last)?.data;
  placeMetadata(transaction, stream, metastream, beginningAt(revision, current));
}

/** Writes a metadata event of the server's own and applies it; returns its position. */
export function placeMetadata(
  transaction: Transaction,
  described: string,
  metastream: string,
  data: Buffer,
): number {
  const event = metadataEvent(data);
  const head = transaction.headOrNew(metastream);
  const revision = head.last + 1;
  transaction.setHead(metastream, { ...head, last: revision });
  const { position } = transaction.place(metastream, head, revision, event);
  transaction.setHead(described, withMetadata(transaction.headOrNew(described), event));
  return position;
}
