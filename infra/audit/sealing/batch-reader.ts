import { hash } from 'node:crypto';
import { InvariantBroken } from '../../../domain/kernel/errors.js';
import { parseStreamName, systemWorkspace } from '../../../domain/kernel/names.js';
import type { EventLog, StoredEvent } from '../../../domain/kernel/ports/event-log.js';
import { canonicalJson } from '../../eventstore/canonical-json.js';
import type { JsonValue } from '../../../domain/kernel/json.js';
import { hashOf } from '../../eventstore/chain.js';
import type { WorkspaceEntry } from '../log/audit-entry.js';
import type { Batch } from '../log/audit-logs.js';
import { LinkWalk } from '../log/link-walk.js';
import { sealStream } from './seal-events.js';

/** Which streams' every event is a leaf. Versioned: a pending intent is completed by the filter that it names. */
export type LeafFilter = (stream: string) => boolean;

export interface ReadBatch {
  /** Undefined when nothing was read that is a leaf. */
  readonly batch: Batch | undefined;
  /** True when something but the sealer's own events is in it. */
  readonly worthSealing: boolean;
}

/** Streams whose ends are remembered; about 20 MB. */
const mostStreams = 100_000;

/** Reads what is to be sealed next, checking every link, every id and every revision on its way. */
export class BatchReader {
  private walk: LinkWalk;
  /** Where the walk has come to. */
  private readTo: bigint | undefined;

  constructor(
    private readonly log: EventLog,
    private readonly origin: string,
    private readonly filter: LeafFilter,
  ) {
    this.walk = new LinkWalk(origin, filter);
  }

  /**
   * Leaves after a position: up to `to`, or up to so many that something else must be sealed first.
   *
   * @throws InvariantBroken `audit.incident` for an event that was tampered with: it is not sealed, and nothing after it
   */
  async read(after: bigint | undefined, end: { to?: bigint; most?: number }): Promise<ReadBatch> {
    // What is read a second time is walked anew: each stream from the event before it.
    if (after !== this.readTo || this.walk.size > mostStreams)
      this.walk = new LinkWalk(this.origin, this.filter);
    const entries: { workspace: string; entry: WorkspaceEntry }[] = [];
    let worthSealing = false;
    let first: bigint | undefined;
    let last: bigint | undefined;
    for await (const event of this.log.readAll(after)) {
      if (after !== undefined && event.position <= after) continue;
      if (end.to !== undefined && event.position > end.to) break;
      const leaf = await this.leafOf(event);
      if (!leaf) continue;
      first ??= event.position;
      last = event.position;
      entries.push(leaf);
      worthSealing ||= event.stream !== sealStream;
      if (entries.length >= (end.most ?? Infinity)) break;
    }
    this.readTo = last ?? after;
    const batch = first === undefined || last === undefined ? undefined : { entries, from: first, to: last };
    return { batch, worthSealing };
  }

  private async leafOf(
    event: StoredEvent,
  ): Promise<{ workspace: string; entry: WorkspaceEntry } | undefined> {
    await this.findPredecessor(event);
    const finding = this.walk.follow(event);
    const pos = event.position.toString();
    switch (finding.kind) {
      case 'bookkeeping':
      case 'foreign':
        return undefined;
      case 'violation':
        throw incident(event, finding.fault);
      case 'tombstone':
        return { workspace: workspaceOf(event.stream), entry: { k: 'ts', pos, stream: event.stream } };
      case 'metadata': {
        const ph = hash('sha256', `axion/md/1\n${canonicalJson(event.data as JsonValue)}`);
        const rev = event.revision.toString();
        return {
          workspace: workspaceOf(finding.stream),
          entry: { k: 'md', pos, stream: finding.stream, rev, ph },
        };
      }
      case 'linked':
        return {
          workspace: workspaceOf(event.stream),
          entry: {
            k: 'ev',
            pos,
            pre: event.preparePosition.toString(),
            stream: event.stream,
            rev: event.revision.toString(),
            id: event.id,
            type: event.type,
            h: hashOf(event) ?? '',
            ph: String(event.metadata['a.ph']),
          },
        };
    }
  }

  /** A stream that is met in its middle is taken up behind the event before, which was sealed. */
  private async findPredecessor({ stream, revision }: StoredEvent): Promise<void> {
    if (revision === 0n || stream.startsWith('$') || this.walk.knows(stream)) return;
    for await (const before of this.log.read(stream, revision - 1n)) {
      const h = hashOf(before);
      if (before.revision === revision - 1n && h !== undefined)
        this.walk.resume(stream, { revision: before.revision, hash: h });
      return;
    }
  }
}

/** Of what belongs to nobody by its name, the platform's. */
function workspaceOf(stream: string): string {
  return parseStreamName(stream)?.workspace ?? systemWorkspace;
}

function incident({ stream, revision, position, type }: StoredEvent, fault: string): InvariantBroken {
  return new InvariantBroken('audit.incident', `${stream}, revision ${revision} (${type}): ${fault}`, {
    stream,
    revision: revision.toString(),
    position: position.toString(),
    fault,
  });
}
