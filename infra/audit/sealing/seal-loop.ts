import type { Logger } from 'pino';
import { messageOf } from '../../../domain/kernel/errors.js';
import type { Leases } from '../../engine/leases/leases.js';
import type { HeldLease } from '../../engine/leases/held-lease.js';
import { pause } from '../../system/pause.js';
import { isIncident, type Sealer } from './sealer.js';

export interface SealLoopOptions {
  readonly sealer: Sealer;
  /** One seals, the others stand by. Undefined: this is the only one. */
  readonly leases?: Leases;
  readonly logger: Logger;
  /** Told once, of what ended the sealing. */
  readonly onIncident?: (reason: string) => Promise<void>;
  /** Between two seals. Default 1,000 ms. */
  readonly everyMs?: number;
}

const leaseName = 'sealer';

/** Seals once a second while there is something new; in one process of all that run it. */
export class SealLoop {
  /** Why nothing is sealed any more: a person must look. Undefined while all is well. */
  incident: string | undefined;
  /** Why the last turn did not come to its end; undefined when it did. */
  fault: string | undefined;
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private lease: HeldLease | undefined;

  constructor(private readonly options: SealLoopOptions) {}

  start(): void {
    this.running = this.run();
  }

  /** True where this process is the one that seals. */
  get isActive(): boolean {
    return this.options.leases === undefined || (this.lease !== undefined && !this.lease.lost.aborted);
  }

  /** Leaves of the origin's log, as far as this process knows; undefined where it never sealed. */
  get treeSize(): number | undefined {
    return this.options.sealer.sealed?.size;
  }

  /** When the oldest event happened that is not sealed; undefined when there is none, or another process seals. */
  async oldestUnsealed(): Promise<string | undefined> {
    return this.isActive ? this.options.sealer.oldestUnsealed() : undefined;
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
    await this.lease?.release();
  }

  private async run(): Promise<void> {
    const { sealer, logger, everyMs = 1000 } = this.options;
    const { signal } = this.stopping;
    while (!signal.aborted) {
      let more = false;
      try {
        if (await this.mayWork()) {
          const turn = await sealer.turn();
          more = turn.kind === 'sealed' && turn.leaves >= 1000;
        }
        this.fault = undefined;
      } catch (error) {
        this.fault = messageOf(error);
        if (isIncident(error)) {
          this.incident = this.fault;
          logger.fatal(
            { err: error },
            'the audit log does not agree with itself; nothing is sealed any more',
          );
          await this.tell(this.fault);
          return;
        }
        logger.warn({ err: error }, 'a seal was not completed; it is taken up again');
        // Where this process cannot, another one may.
        await this.lease?.release();
        this.lease = undefined;
      }
      // A backlog is not kept waiting for the next second.
      if (!more) await pause(everyMs, signal);
    }
  }

  private async tell(incident: string): Promise<void> {
    const { onIncident, logger } = this.options;
    try {
      await onIncident?.(incident);
    } catch (error) {
      logger.error({ err: error }, 'the incident could not be told to the other processes');
    }
  }

  private async mayWork(): Promise<boolean> {
    if (this.isActive) return true;
    this.lease = await this.options.leases?.tryTake(leaseName);
    // Others may have sealed since: the seal stream is read anew.
    if (this.lease) this.options.sealer.forget();
    return this.isActive;
  }
}
