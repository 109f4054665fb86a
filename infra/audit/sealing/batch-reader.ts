import { InvariantBroken } from '../../../domain/kernel/errors.js';
import type { EventLog, StoredEvent } from '../../../domain/kernel/ports/event-log.js';
import type { Batch } from '../log/audit-logs.js';
import { LeafReader, type LeafFilter, type WorkspaceLeaf } from '../log/leaf-reader.js';
import { sealStream } from './seal-events.js';

export interface ReadBatch {
  /** Undefined when nothing was read that is a leaf. */
  readonly batch: Batch | undefined;
  /** True when something but the sealer's own events is in it. */
  readonly worthSealing: boolean;
}

interface Reading {
  readonly after: bigint | undefined;
  readonly entries: WorkspaceLeaf[];
  /** Everything up to here was looked at. */
  through: bigint | undefined;
  worthSealing: boolean;
}

/** Streams whose ends are remembered; about 20 MB. */
const mostStreams = 100_000;

/**
 * Reads what is to be sealed next, checking every link, every id and every revision on its way. Remembers how far it
 * looked: what is no leaf is read once, and what is not worth a seal yet is kept for the next.
 */
export class BatchReader {
  private leaves: LeafReader;
  private last: Reading | undefined;

  constructor(
    private readonly log: EventLog,
    private readonly origin: string,
    private readonly filter: LeafFilter,
  ) {
    this.leaves = new LeafReader(log, origin, filter);
  }

  /** Everything up to here was looked at; undefined before the first reading, and after one that failed. */
  get through(): bigint | undefined {
    return this.last?.worthSealing === true ? this.last.after : this.last?.through;
  }

  /**
   * Leaves after a position: up to `to`, or up to so many that something else must be sealed first.
   *
   * @throws InvariantBroken `audit.incident` for an event that was tampered with: it is not sealed, and nothing after it
   */
  async read(after: bigint | undefined, end: { to?: bigint; most?: number }): Promise<ReadBatch> {
    const reading = this.goOn(after, end.to);
    // One that fails in its middle is begun anew.
    this.last = undefined;
    for await (const event of this.log.readAll(reading.through)) {
      if (reading.through !== undefined && event.position <= reading.through) continue;
      if (end.to !== undefined && event.position > end.to) break;
      const { finding, leaf } = await this.leaves.read(event);
      if (finding.kind === 'violation') throw incident(event, finding.fault);
      reading.through = event.position;
      if (!leaf) continue;
      reading.entries.push(leaf);
      reading.worthSealing ||= event.stream !== sealStream;
      if (reading.entries.length >= (end.most ?? Infinity)) break;
    }
    this.last = reading;
    return { batch: batchOf(reading.entries), worthSealing: reading.worthSealing };
  }

  private goOn(after: bigint | undefined, to: bigint | undefined): Reading {
    const { last } = this;
    if (this.leaves.streams > mostStreams) this.leaves = new LeafReader(this.log, this.origin, this.filter);
    if (last && to === undefined) {
      if (last.after === after) return last;
      // What was read then is sealed now.
      const end = last.entries.at(-1)?.entry.pos;
      if (after !== undefined && end === after.toString())
        return { after, entries: [], through: last.through, worthSealing: false };
    }
    // What is read a second time is walked anew: each stream from the event before it.
    this.leaves = new LeafReader(this.log, this.origin, this.filter);
    return { after, entries: [], through: after, worthSealing: false };
  }
}

function batchOf(entries: readonly WorkspaceLeaf[]): Batch | undefined {
  const [first] = entries;
  const last = entries.at(-1);
  return first && last && { entries, from: BigInt(first.entry.pos), to: BigInt(last.entry.pos) };
}

function incident({ stream, revision, position, type }: StoredEvent, fault: string): InvariantBroken {
  return new InvariantBroken('audit.incident', `${stream}, revision ${revision} (${type}): ${fault}`, {
    stream,
    revision: revision.toString(),
    position: position.toString(),
    fault,
  });
}
