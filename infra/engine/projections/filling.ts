import type { Logger } from 'pino';
import { messageOf } from '../../../domain/kernel/errors.js';
import type { ReadModelPointer } from '../../../domain/kernel/ports/read-model-pointers.js';
import { crashPoint } from '../../system/crash-points.js';
import { withFreeHeap } from '../../system/modest-heap.js';
import { pause } from '../../system/pause.js';
import { BuildFiller, type FillerOptions, type FillOutcome } from './build-filler.js';
import {
  changePointer,
  describeBuild,
  entryOf,
  isSame,
  stoppedAt,
  switchedTo,
  withEntry,
} from './pointer-changes.js';

export interface FillingOptions extends Omit<FillerOptions, 'onProgress'> {
  readonly logger: Logger;
}

const firstRetryMs = 100;
const lastRetryMs = 5000;

/** Fills one build, as often as store and log let it down, and switches to it when it has caught up. */
export class Filling {
  /** Why it does not go on; undefined while it does. */
  fault: string | undefined;
  private readonly stopping = new AbortController();

  constructor(private readonly options: FillingOptions) {}

  /** @returns what it came to; undefined when it was stopped, or the build is not to be filled any longer */
  async run(): Promise<FillOutcome | undefined> {
    const { signal } = this.stopping;
    let retryMs = firstRetryMs;
    while (!signal.aborted) {
      try {
        if (!(await this.isWanted())) return undefined;
        const outcome = await this.fill();
        if (outcome.kind === 'stopped') return undefined;
        await this.conclude(outcome);
        this.fault = undefined;
        return outcome;
      } catch (error) {
        this.fault = messageOf(error);
        this.options.logger.warn(
          { err: error, readModel: this.name },
          'a read model is not filled; it goes on soon',
        );
        await pause(retryMs, signal);
        retryMs = Math.min(retryMs * 2, lastRetryMs);
      }
    }
    return undefined;
  }

  stop(): void {
    this.stopping.abort();
  }

  private get name(): string {
    return this.options.projection.name;
  }

  private get id() {
    const { version, build = 0 } = this.options.projection;
    return { version, build };
  }

  private async isWanted(): Promise<boolean> {
    const pointer = await this.options.store.pointer(this.name);
    return pointer !== undefined && entryOf(pointer, this.id)?.state === 'filling';
  }

  private fill(): Promise<FillOutcome> {
    const filler = new BuildFiller({
      ...this.options,
      onProgress: async (progress) => {
        this.fault = undefined;
        await this.change((pointer) => withEntry(pointer, this.id, (entry) => ({ ...entry, progress })));
      },
    });
    return withFreeHeap(() => filler.run(this.stopping.signal));
  }

  private async conclude(outcome: Exclude<FillOutcome, { kind: 'stopped' }>): Promise<void> {
    const { logger } = this.options;
    const readModel = `${this.name} ${describeBuild(this.id)}`;
    if (outcome.kind === 'caught up') {
      crashPoint('rebuild.filled');
      const { builds } = await this.change((pointer) => switchedTo(pointer, this.id));
      crashPoint('rebuild.switched');
      const kept = builds
        .filter((entry) => entry.state === 'live' && !isSame(entry, this.id))
        .map(describeBuild);
      logger.info(
        { readModel, kept },
        'a read model is filled and serves; those kept are fed until they are retired',
      );
    } else {
      const { position, reason } = outcome;
      await this.change((pointer) => stoppedAt(pointer, this.id, { position, reason }));
      logger.error({ readModel, position: position.toString(), reason }, 'a read model stopped in history');
    }
  }

  /** Nothing, once the build is not being filled any more: another process was faster. */
  private change(change: (pointer: ReadModelPointer) => ReadModelPointer): Promise<ReadModelPointer> {
    return changePointer(this.options.store, this.name, (pointer) =>
      entryOf(pointer, this.id)?.state === 'filling' ? change(pointer) : pointer,
    );
  }
}
