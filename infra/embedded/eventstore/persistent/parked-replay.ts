import { type LogRecord } from '../store/record.js';
import { type GroupJournal } from './group-journal.js';

/**
 * Gives parked messages out again. They stay in their stream until they are finished, so that a node that is killed
 * meanwhile still has them parked; the server hides them at once.
 */
export class ParkedReplay {
  private next = 0;
  private until = 0;
  private hidden = 0;
  private isHiding = false;
  private readonly unfinished = new Set<number>();

  constructor(private readonly journal: GroupJournal) {}

  get isUnderWay(): boolean {
    return this.next < this.until;
  }

  /** How many messages are parked and not given out again. */
  get waiting(): number {
    const { first, end } = this.journal.parkedRange();
    return Math.max(0, end - Math.max(first, this.next));
  }

  /** @param stopAt the revision in the parked stream to stop in front of */
  begin(stopAt: bigint | undefined): void {
    if (this.isUnderWay) return;
    const { first, end } = this.journal.parkedRange();
    this.hidden = Math.max(first, this.hidden);
    this.next = Math.max(first, this.next);
    this.until = stopAt !== undefined && stopAt < BigInt(end) ? Number(stopAt) : end;
  }

  take(limit: number): readonly LogRecord[] {
    const records = this.journal.readParked(this.next, this.until, limit);
    for (const { revision } of records) this.unfinished.add(revision);
    this.next = (records.at(-1)?.revision ?? this.until - 1) + 1;
    return records;
  }

  finish(revision: number): void {
    this.unfinished.delete(revision);
    if (this.unfinished.size === 0 && !this.isUnderWay) this.hideFinished();
  }

  /** Truncates the parked stream in front of the first message that is not finished. */
  hideFinished(): void {
    // Messages are begun in the order of their revisions, and a set keeps that order.
    const [first = this.next] = this.unfinished;
    if (this.isHiding || first <= this.hidden) return;
    this.isHiding = true;
    const done = (hidden: number): void => {
      this.isHiding = false;
      this.hidden = hidden;
    };
    // What could not be hidden is tried again with the next tick of the clock.
    this.journal.truncateParked(first).then(
      () => done(first),
      () => done(this.hidden),
    );
  }
}
