import { NotFound } from '../../../domain/kernel/errors.js';
import { pause } from '../../system/pause.js';
import { AuditLogs } from '../log/audit-logs.js';
import { sealedTo } from '../log/find-leaf.js';
import { readCheckpointFile, sizeOfNote } from '../publishing/checkpoint-file.js';
import type { TileStore } from '../tiles/tile-store.js';
import { proveEvent, type EventPlace } from './event-proof.js';
import { encodeTlogProof } from './tlog-proof.js';

export interface SealedProofsOptions {
  readonly tiles: Pick<TileStore, 'read'>;
  /** Where checkpoints are published. */
  readonly directory: string;
  /** How long somebody waits for a seal at most. Default 10 s. */
  readonly withinMs?: number;
}

interface Sealed {
  readonly checkpoint: string;
  readonly to: bigint | undefined;
}

const lookEveryMs = 50;

/** Waits for seals, whichever process makes them, and proves what they hold. All who wait look together. */
export class SealedProofs {
  private looking: Promise<Sealed | undefined> | undefined;
  private last: Sealed | undefined;

  constructor(private readonly options: SealedProofsOptions) {}

  /** The tlog-proof of an event, once it is sealed; undefined when that takes too long. */
  async whenSealed(place: EventPlace): Promise<string | undefined> {
    const { tiles, withinMs = 10_000 } = this.options;
    const deadline = performance.now() + withinMs;
    for (;;) {
      const sealed = await this.look();
      if (sealed?.to !== undefined && sealed.to >= place.position) {
        try {
          return encodeTlogProof(await proveEvent(tiles, sealed.checkpoint, place));
        } catch (error) {
          if (error instanceof NotFound) return undefined;
          throw error;
        }
      }
      if (performance.now() >= deadline) return undefined;
      await pause(lookEveryMs);
    }
  }

  private look(): Promise<Sealed | undefined> {
    return (this.looking ??= this.read().finally(() => (this.looking = undefined)));
  }

  private async read(): Promise<Sealed | undefined> {
    const { directory, tiles } = this.options;
    const checkpoint = await readCheckpointFile(directory, 'sealed');
    if (checkpoint === undefined || checkpoint === this.last?.checkpoint) return this.last;
    const to = await sealedTo(new AuditLogs(tiles).originLog(), sizeOfNote(checkpoint));
    return (this.last = { checkpoint, to });
  }
}
