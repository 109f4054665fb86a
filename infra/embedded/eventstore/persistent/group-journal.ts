import { randomUUID } from 'node:crypto';
import { type AppendOutcome, append, placeMetadata } from '../append.js';
import { deleteStream } from '../delete.js';
import { NO_EVENTS, firstVisible, isSoftDeleted } from '../store/head.js';
import { type LogRecord, type ProposedEvent } from '../store/record.js';
import { type Store } from '../store/store.js';
import { type Transaction } from '../store/transaction.js';
import { type Writer } from '../store/writer.js';
import { metastreamOf } from '../stream-metadata.js';
import { type GroupName, keyOf } from './definition.js';
import { type Message, linkTo } from './message.js';
import { readPlace, writePlace } from './place.js';

const CHECKPOINT_TYPE = '$SubscriptionCheckpoint';
const NOTHING = Buffer.alloc(0);
const ADMINS = '$admins';
/** The access list that the server gives to the streams of a group. */
const ACL = { $r: ADMINS, $w: ADMINS, $d: ADMINS, $mr: ADMINS, $mw: ADMINS };

/** What a group keeps on the disk: its checkpoint and its parked messages, each in a system stream. */
export class GroupJournal {
  private readonly checkpoints: string;
  private readonly parked: string;

  constructor(
    private readonly store: Store,
    private readonly writer: Writer,
    private readonly name: GroupName,
  ) {
    this.checkpoints = `$persistentsubscription-${keyOf(name)}-checkpoint`;
    this.parked = `$persistentsubscription-${keyOf(name)}-parked`;
  }

  /** The place up to which everything was done with when it was last written down. */
  checkpoint(): number | undefined {
    const head = this.store.head(this.checkpoints);
    if (!head || isSoftDeleted(head)) return undefined;
    const newest = this.store.recordAt(head.number, head.last);
    if (newest?.type !== CHECKPOINT_TYPE) return undefined;
    return readPlace(this.name.stream, newest.data.toString('utf8').replaceAll('"', ''));
  }

  async saveCheckpoint(place: number): Promise<void> {
    const data = Buffer.from(JSON.stringify(writePlace(this.name.stream, place)));
    const event = systemEvent(CHECKPOINT_TYPE, data);
    const outcome = await this.writer.submit((transaction) =>
      appendKeepingNewest(transaction, this.checkpoints, event, { ...ACL, $mr: '$all' }),
    );
    requireAppended(outcome, this.checkpoints);
  }

  /** Resolves when the message is in the parked stream, on the disk. */
  async park(message: Message, reason: string): Promise<void> {
    const metadata = { added: new Date(), reason, subscriptionEventNumber: message.record.revision };
    const event = {
      id: randomUUID(),
      type: '$>',
      isJson: false,
      metadata: Buffer.from(JSON.stringify(metadata)),
      data: linkTo(message),
    };
    const outcome = await this.writer.submit((transaction) => appendAny(transaction, this.parked, event));
    requireAppended(outcome, this.parked);
  }

  /** Hides the parked messages below a revision. */
  truncateParked(revision: number): Promise<void> {
    return this.writer.submit((transaction) => {
      const data = Buffer.from(JSON.stringify({ $tb: revision, $acl: ACL }));
      placeMetadata(transaction, this.parked, metastreamOf(this.parked), data);
    });
  }

  /** The revisions of the parked messages that are still to be seen: the first, and the one behind the last. */
  parkedRange(): { readonly first: number; readonly end: number } {
    const head = this.store.head(this.parked);
    if (!head || isSoftDeleted(head)) return { first: 0, end: 0 };
    const end = head.last + 1;
    return { first: Math.min(end, firstVisible(this.parked, head)), end };
  }

  readParked(from: number, until: number, limit: number): readonly LogRecord[] {
    const head = this.store.head(this.parked);
    return head ? this.store.readStream(head.number, { from, until, limit }) : [];
  }

  /** Deletes both streams, in the transaction that deletes the group. */
  erase(transaction: Transaction): void {
    for (const stream of [this.checkpoints, this.parked]) {
      if ((transaction.head(stream)?.last ?? NO_EVENTS) !== NO_EVENTS) {
        deleteStream(transaction, { stream, expected: { kind: 'any' } });
      }
    }
  }
}

export function systemEvent(type: string, data: Buffer): ProposedEvent {
  return { id: randomUUID(), type, isJson: true, metadata: NOTHING, data };
}

/** A stream that the subscriptions write was ended for ever. */
export class GroupStreamDeleted extends Error {
  override readonly name = 'GroupStreamDeleted';

  constructor(readonly stream: string) {
    super(`the stream ${stream} was deleted for ever, so persistent subscriptions cannot write to it`);
  }
}

/** @throws GroupStreamDeleted outside the transaction, which holds the appends of others too */
export function requireAppended({ kind }: AppendOutcome, stream: string): void {
  if (kind !== 'appended') throw new GroupStreamDeleted(stream);
}

function appendAny(transaction: Transaction, stream: string, event: ProposedEvent): AppendOutcome {
  return append(transaction, { stream, expected: { kind: 'any' }, events: [event] });
}

/** Appends to a stream of which only the newest event counts; two are kept, as the server does. */
export function appendKeepingNewest(
  transaction: Transaction,
  stream: string,
  event: ProposedEvent,
  acl?: object,
): AppendOutcome {
  const head = transaction.headOrNew(stream);
  if (head.maxCount === undefined && !head.tombstoned) {
    const start = isSoftDeleted(head) ? { $tb: head.last + 1 } : {};
    const metadata = { ...start, $maxCount: 2, ...(acl && { $acl: acl }) };
    placeMetadata(transaction, stream, metastreamOf(stream), Buffer.from(JSON.stringify(metadata)));
  }
  return appendAny(transaction, stream, event);
}
