import { InvariantBroken, NotFound, Rejected } from '../../../domain/kernel/errors.js';
import type { WorkspaceId } from '../../../domain/kernel/names.js';
import type { EventLog } from '../../../domain/kernel/ports/event-log.js';
import { proveEvent, type EventProof } from '../../../infra/audit/proofs/event-proof.js';
import { sizeOfNote } from '../../../infra/audit/publishing/checkpoint-file.js';
import type { Incident } from '../../../infra/audit/publishing/incident-file.js';
import type { TileStore } from '../../../infra/audit/tiles/tile-store.js';
import type { EventCodec } from '../../../infra/eventstore/event-codec.js';
import { hashOf } from '../../../infra/eventstore/chain.js';
import type { TrailEntry } from '../../../projections/audit/audit-trail.js';
import { SealedTiles, type SealedTile } from './sealed-tiles.js';

/** What the log holds of an event beside what the trail lists. */
export interface RecordedContent {
  /** As today's code reads it; what was erased is `{"$erased": true}`. */
  readonly data: object;
  /** `h` of the event, lower-case hex. */
  readonly hash: string;
}

export interface AuditReaderPorts {
  readonly log: EventLog;
  readonly codec: EventCodec;
  readonly tiles: Pick<TileStore, 'read'>;
  /** The signed note that proofs lead up to; undefined when nothing was sealed yet. */
  readonly checkpoint: () => Promise<string | undefined>;
  /** What ended the sealing, in whatever process; undefined while all is well. */
  readonly incident: () => Promise<Incident | undefined>;
}

/** How far the log is sealed, and whether it still is. */
export interface AuditStatus {
  readonly size: number;
  /** Without its reason, which may name a stream of another workspace. */
  readonly incident: { readonly at: string } | null;
}

/** The log itself, and what is sealed of it. */
export class AuditReader {
  private readonly tiles: SealedTiles;

  constructor(private readonly ports: AuditReaderPorts) {
    this.tiles = new SealedTiles(ports.tiles);
  }

  async contentOf({ stream, revision, id }: TrailEntry): Promise<RecordedContent> {
    const stored = await this.ports.log.readAt(stream, BigInt(revision));
    if (stored?.id !== id)
      throw new InvariantBroken('audit.event-missing', `the event ${id} is in the trail, and not in the log`);
    const { data } = await this.ports.codec.decode(stored);
    return { data, hash: hashOf(stored) ?? '' };
  }

  async status(): Promise<AuditStatus> {
    const [note, incident] = await Promise.all([this.ports.checkpoint(), this.ports.incident()]);
    return {
      size: note === undefined ? 0 : sizeOfNote(note),
      incident: incident ? { at: incident.at } : null,
    };
  }

  /** @throws Rejected `audit.not-yet-sealed` */
  async checkpoint(): Promise<string> {
    const note = await this.ports.checkpoint();
    if (note === undefined) throw notYetSealed();
    return note;
  }

  /** @throws Rejected `audit.not-yet-sealed` */
  async proofOf(workspace: WorkspaceId, { stream, revision, position }: TrailEntry): Promise<EventProof> {
    const checkpoint = await this.checkpoint();
    const place = { workspace, stream, revision: BigInt(revision), position: BigInt(position) };
    try {
      return await proveEvent(this.ports.tiles, checkpoint, place);
    } catch (error) {
      // The event is there: what is missing is the seal.
      throw error instanceof NotFound ? notYetSealed() : error;
    }
  }

  /** @param workspace whose log; undefined: the origin's @throws Rejected `audit.not-yet-sealed` @throws NotFound */
  async tile(workspace: WorkspaceId | undefined, path: string): Promise<SealedTile> {
    const size = sizeOfNote(await this.checkpoint());
    return workspace === undefined
      ? this.tiles.ofOrigin(path, size)
      : this.tiles.ofWorkspace(workspace, path, size);
  }
}

function notYetSealed(): Rejected {
  return new Rejected('audit.not-yet-sealed', 'it is not sealed yet; a seal follows within seconds');
}
