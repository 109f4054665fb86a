import type { Logger } from 'pino';
import { messageOf } from '../../../domain/kernel/errors.js';
import { pause } from '../../system/pause.js';
import { encodeNote, parseNote, type NoteSignature } from '../notes/signed-note.js';
import type { TiledLog } from '../tiles/tiled-log.js';
import type { WitnessClient } from '../witness/witness-client.js';
import { writeCheckpointFile } from './checkpoint-file.js';

export interface WitnessFeedOptions {
  readonly clients: readonly Pick<WitnessClient, 'name' | 'cosign'>[];
  /** Of the origin. */
  readonly log: TiledLog;
  /** Where the cosigned checkpoint is kept. */
  readonly directory: string;
  readonly logger: Logger;
  /** Before a witness that failed is asked again, when nothing new is sealed. Default 10 s. */
  readonly retryMs?: number;
}

/**
 * Shows each checkpoint to the witnesses, the newest first when they are slower than the sealer. Whatever they do,
 * sealing goes on.
 */
export class WitnessFeed {
  private newest: string | undefined;
  private running: Promise<void> | undefined;
  private readonly stopping = new AbortController();
  private readonly faults = new Map<string, string>();

  constructor(private readonly options: WitnessFeedOptions) {}

  /** Why witnesses did not cosign when they were asked last, by their names. */
  get failing(): ReadonlyMap<string, string> {
    return this.faults;
  }

  offer(checkpoint: string): void {
    this.newest = checkpoint;
    this.running ??= this.run().finally(() => (this.running = undefined));
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { retryMs = 10_000 } = this.options;
    const { signal } = this.stopping;
    let asked: string | undefined;
    const cosigned = new Map<string, NoteSignature>();
    while (this.newest !== undefined && !signal.aborted) {
      const checkpoint = this.newest;
      if (checkpoint !== asked) cosigned.clear();
      asked = checkpoint;
      await this.ask(checkpoint, cosigned);
      if (this.newest !== checkpoint) continue;
      if (cosigned.size === this.options.clients.length) return;
      await this.untilNewer(checkpoint, retryMs, signal);
    }
  }

  private async ask(checkpoint: string, cosigned: Map<string, NoteSignature>): Promise<void> {
    const { clients, log, directory, logger } = this.options;
    const before = cosigned.size;
    await Promise.all(
      clients
        .filter(({ name }) => !cosigned.has(name))
        .map(async (client) => {
          try {
            cosigned.set(client.name, await client.cosign(checkpoint, log));
            this.faults.delete(client.name);
          } catch (error) {
            if (this.faults.get(client.name) !== messageOf(error))
              logger.error({ witness: client.name, err: error }, 'a witness does not cosign');
            this.faults.set(client.name, messageOf(error));
          }
        }),
    );
    if (cosigned.size === before) return;
    const { text, signatures } = parseNote(checkpoint);
    const note = encodeNote({ text, signatures: [...signatures, ...cosigned.values()] });
    try {
      await writeCheckpointFile(directory, 'cosigned', note);
    } catch (error) {
      logger.error({ err: error }, 'a cosigned checkpoint could not be kept');
    }
  }

  private async untilNewer(checkpoint: string, withinMs: number, signal: AbortSignal): Promise<void> {
    const stepMs = 250;
    for (let waited = 0; waited < withinMs && !signal.aborted; waited += stepMs) {
      if (this.newest !== checkpoint) return;
      await pause(stepMs, signal);
    }
  }
}
