import { hash } from 'node:crypto';
import type { JsonValue } from '../../../domain/kernel/json.js';
import { parseStreamName, systemWorkspace } from '../../../domain/kernel/names.js';
import type { EventLog, StoredEvent } from '../../../domain/kernel/ports/event-log.js';
import { canonicalJson } from '../../eventstore/canonical-json.js';
import { hashOf, type ChainLink } from '../../eventstore/chain.js';
import type { WorkspaceEntry } from './audit-entry.js';
import { LinkWalk, isFollowed, type Finding } from './link-walk.js';

/** Which streams' every event is a leaf. Versioned: a pending intent is completed by the filter that it names. */
export type LeafFilter = (stream: string) => boolean;

export interface WorkspaceLeaf {
  readonly workspace: string;
  readonly entry: WorkspaceEntry;
}

export interface ReadEvent {
  readonly finding: Finding;
  /** What the log holds of it; also of one that was tampered with, as far as that can be told. */
  readonly leaf: WorkspaceLeaf | undefined;
}

/** Makes of each event of `$all` its leaf, checking every link, every id and every revision on the way. */
export class LeafReader {
  private readonly walk: LinkWalk;

  constructor(
    private readonly log: Pick<EventLog, 'readAt'>,
    origin: string | undefined,
    filter: LeafFilter,
  ) {
    this.walk = new LinkWalk(origin, filter);
  }

  /** Streams whose ends are remembered, about 200 bytes each. */
  get streams(): number {
    return this.walk.size;
  }

  /** @param event comes after those before, in the order of `$all` */
  async read(event: StoredEvent): Promise<ReadEvent> {
    await this.findPredecessor(event);
    const finding = this.walk.follow(event);
    return { finding, leaf: leafOf(event, finding) };
  }

  /** A stream that is met in its middle is taken up behind the event before it. */
  private async findPredecessor(event: StoredEvent): Promise<void> {
    const { stream, revision } = event;
    if (revision === 0n || this.walk.knows(stream) || !isFollowed(stream)) return;
    const before = await linkBefore(this.log, stream, revision);
    if (before) this.walk.resume(stream, before);
  }
}

/** The end of a stream before one of its revisions; undefined when no linked event stands there. */
export async function linkBefore(
  log: Pick<EventLog, 'readAt'>,
  stream: string,
  revision: bigint,
): Promise<ChainLink | undefined> {
  const before = await log.readAt(stream, revision - 1n);
  const h = before && hashOf(before);
  return h === undefined ? undefined : { revision: revision - 1n, hash: h };
}

/** What the log holds of an event; also of one that was tampered with, as far as that can be told. */
export function leafOf(event: StoredEvent, finding: Finding): WorkspaceLeaf | undefined {
  const { stream } = event;
  const pos = event.position.toString();
  const rev = event.revision.toString();
  switch (finding.kind) {
    case 'bookkeeping':
    case 'foreign':
      return undefined;
    case 'tombstone':
      return { workspace: workspaceOf(stream), entry: { k: 'ts', pos, stream } };
    case 'metadata': {
      const ph = hash('sha256', `axion/md/1\n${canonicalJson(event.data as JsonValue)}`);
      return {
        workspace: workspaceOf(finding.stream),
        entry: { k: 'md', pos, stream: finding.stream, rev, ph },
      };
    }
    case 'violation':
    case 'linked':
      return {
        workspace: workspaceOf(stream),
        // In the order in which it is encoded.
        entry: {
          h: hashOf(event) ?? '',
          id: event.id,
          k: 'ev',
          ph: typeof event.metadata['a.ph'] === 'string' ? event.metadata['a.ph'] : '',
          pos,
          pre: event.preparePosition.toString(),
          rev,
          stream,
          type: event.type,
        },
      };
  }
}

/** Of what belongs to nobody by its name, the platform's. */
export function workspaceOf(stream: string): string {
  return parseStreamName(stream)?.workspace ?? systemWorkspace;
}
