import type { Logger } from 'pino';
import { Rejected } from '../../../domain/kernel/errors.js';
import { AppendRefused } from '../../../domain/kernel/ports/event-log.js';
import type { AnyJob } from '../../../domain/kernel/job.js';
import type { CommandContext } from '../../../domain/kernel/event.js';
import type { WorkspaceId } from '../../../domain/kernel/names.js';
import type { ReadModelStore } from '../../../domain/kernel/ports/read-model-store.js';
import type { Clock, IdSource } from '../../../domain/kernel/time.js';
import type { AnyProjection } from '../../../projections/kernel/projection.js';
import { ComputationLost, type ComputationPool } from './computation-pool.js';
import { openJobOf, type OpenJob } from './open-jobs.js';
import { pause } from '../../system/pause.js';

export interface JobRunnerOptions {
  readonly jobs: readonly AnyJob[];
  readonly openJobs: AnyProjection;
  readonly store: ReadModelStore;
  readonly pool: ComputationPool;
  /** Sends a command as a client would. */
  readonly send: (command: object, context: CommandContext) => Promise<unknown>;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
  readonly pollMs?: number;
}

interface FoundJob extends OpenJob {
  readonly workspace: WorkspaceId;
}

/**
 * Does the open jobs: counts the attempt, computes, records the outcome. Whoever else does the same job at the same
 * time does no harm: the outputs are the same objects, and the first outcome stays (rule J1).
 */
export class JobRunner {
  private readonly busy = new Map<string, Promise<void>>();
  private readonly stopping = new AbortController();
  private looking: Promise<void> | undefined;

  constructor(private readonly options: JobRunnerOptions) {}

  start(): void {
    this.looking = this.lookOn();
  }

  get running(): number {
    return this.busy.size;
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.options.pool.stop();
    await this.looking;
    await Promise.all(this.busy.values());
  }

  private async lookOn(): Promise<void> {
    const { pollMs = 100, logger } = this.options;
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        for await (const job of this.open()) this.begin(job);
      } catch (error) {
        logger.warn({ err: error }, 'the open jobs cannot be read; it is tried again');
      }
      await pause(pollMs, signal);
    }
  }

  private async *open(): AsyncIterable<FoundJob> {
    const { store, openJobs } = this.options;
    for await (const { workspace, document } of store.live(openJobs)) {
      if (document) yield { workspace, ...openJobOf(document) };
    }
  }

  private begin(found: FoundJob): void {
    const name = `${found.workspace}/${found.job}/${found.id}`;
    if (this.busy.has(name) || this.stopping.signal.aborted) return;
    const { logger } = this.options;
    const work = this.attempt(found)
      .catch(async (error: unknown) => {
        logger.warn({ err: error, job: name }, 'a job was not finished; it is begun again');
        // Its document may live on for a moment after its outcome, or its store be away: no hurry.
        await pause(500, this.stopping.signal);
      })
      .finally(() => this.busy.delete(name));
    this.busy.set(name, work);
  }

  private async attempt(found: FoundJob): Promise<void> {
    const { jobs, pool, send } = this.options;
    const job = jobs.find(({ name }) => name === found.job);
    if (!job) throw new RangeError(`there is no job ${found.job}`);
    try {
      await send(job.started(found.id), this.contextOf(found));
    } catch (refusal) {
      if (!(refusal instanceof Rejected)) throw refusal;
      // Finished meanwhile, or tried too often: the second is recorded, the first refuses this too.
      await this.record([job.failed(found.id, refusal.message)], found);
      return;
    }
    try {
      const output = await pool.run(found.job, found.input);
      await this.record(job.completed(found.id, output), found);
    } catch (error) {
      if (error instanceof ComputationLost && this.stopping.signal.aborted)
        await this.record([job.interrupted(found.id)], found);
      else if (error instanceof Rejected || error instanceof AppendRefused)
        await this.record([job.failed(found.id, error.message)], found);
      else throw error;
    }
  }

  /** A refusal says that an outcome is recorded already. */
  private async record(commands: readonly object[], found: FoundJob): Promise<void> {
    try {
      for (const command of commands) await this.options.send(command, this.contextOf(found));
    } catch (error) {
      if (!(error instanceof Rejected)) throw error;
    }
  }

  private contextOf({ workspace, correlationId, causationId }: FoundJob): CommandContext {
    const { clock, ids } = this.options;
    return { workspace, actor: 'system', at: clock.now(), commandId: ids.next(), correlationId, causationId };
  }
}
