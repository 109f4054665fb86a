import { hash } from 'node:crypto';
import type { Logger } from 'pino';
import { Rejected } from '../../../domain/kernel/errors.js';
import { AppendRefused } from '../../../domain/kernel/ports/event-log.js';
import type { AnyJob } from '../../../domain/kernel/job.js';
import type { CommandContext } from '../../../domain/kernel/event.js';
import type { WorkspaceId } from '../../../domain/kernel/names.js';
import type { ReadModelReader } from '../../../domain/kernel/ports/read-model-store.js';
import type { Clock, IdSource } from '../../../domain/kernel/time.js';
import type { AnyProjection } from '../../../projections/kernel/projection.js';
import type { Leases } from '../leases/leases.js';
import { ComputationHindered, ComputationLost } from './computation.js';
import type { ComputationPool } from './computation-pool.js';
import { openJobOf, type OpenJob } from './open-jobs.js';
import { crashPoint } from '../../system/crash-points.js';
import { pause } from '../../system/pause.js';

export interface JobRunnerOptions {
  readonly jobs: readonly AnyJob[];
  readonly openJobs: AnyProjection;
  /** Where the open jobs are found. */
  readonly store: Pick<ReadModelReader, 'due'>;
  readonly pool: Pick<ComputationPool, 'run' | 'stop'>;
  /** So many jobs at once: as many as the pool computes. Default 2. */
  readonly atOnce?: number;
  /** Sends a command as a client would. */
  readonly send: (command: object, context: CommandContext) => Promise<unknown>;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
  /** Absent: this process begins every job, also those that others do. */
  readonly leases?: Leases | undefined;
  /** Default 250 ms. */
  readonly pollMs?: number;
}

interface FoundJob extends OpenJob {
  readonly workspace: WorkspaceId;
}

/** As many open jobs as are looked at: more than are ever done at once. */
const atMostOpen = 1000;
/** After every moment: a job that was asked for is open whatever the clock says. */
const whenever = '~';
/** Leases are kept by name for ever, so jobs share these names; two that share one are done one after the other. */
const leaseNames = 65_536;

/**
 * Does the open jobs: counts the attempt, computes, records the outcome. A job is begun when there is a place for it,
 * so that none that merely waits loses an attempt with its worker, and under a lease, so that two workers do not use
 * up its attempts. Whoever does the same job at the same time all the same does no harm: the outputs are the same
 * objects, and the first outcome stays (rule J1).
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
    const { pollMs = 250, atOnce = 2, logger } = this.options;
    const { signal } = this.stopping;
    const stopped = (): boolean => signal.aborted;
    while (!stopped()) {
      try {
        for (const job of await this.open()) {
          if (this.busy.size >= atOnce || stopped()) break;
          await this.begin(job);
        }
      } catch (error) {
        logger.warn({ err: error }, 'the open jobs cannot be read; it is tried again');
      }
      await pause(pollMs, signal);
    }
  }

  /** The oldest first. */
  private async open(): Promise<readonly FoundJob[]> {
    const { store, openJobs, jobs } = this.options;
    const found = await store.due(openJobs, whenever, atMostOpen);
    return found
      .flatMap(({ workspace, document }) => (document ? [{ workspace, ...openJobOf(document) }] : []))
      .filter(({ job }) => jobs.some(({ name }) => name === job));
  }

  private async begin(found: FoundJob): Promise<void> {
    const name = `${found.workspace}/${found.job}/${found.id}`;
    if (this.busy.has(name)) return;
    const { logger, leases } = this.options;
    const slot = Number.parseInt(hash('sha256', name).slice(0, 8), 16) % leaseNames;
    const lease = await leases?.tryTake(`jobs/${slot}`);
    if (leases && !lease) return;
    const work = this.attempt(found)
      .catch(async (error: unknown) => {
        logger.warn({ err: error, job: name }, 'a job was not finished; it is begun again');
        // Its document may live on for a moment after its outcome, or its store be away: no hurry.
        await pause(500, this.stopping.signal);
      })
      .finally(async () => {
        await lease?.release();
        this.busy.delete(name);
      });
    this.busy.set(name, work);
  }

  private async attempt(found: FoundJob): Promise<void> {
    const { jobs, pool, send } = this.options;
    const job = jobs.find(({ name }) => name === found.job);
    if (!job) throw new RangeError(`there is no job ${found.job}`);
    try {
      await send(job.started(found.id), await this.contextOf(found));
      crashPoint('job.started');
    } catch (refusal) {
      if (!(refusal instanceof Rejected)) throw refusal;
      // Finished meanwhile, or tried too often: the second is recorded, the first refuses this too.
      await this.record([job.failed(found.id, refusal.message)], found);
      return;
    }
    try {
      const output = await pool.run(found.job, found.input, (progress) => this.report(job, found, progress));
      crashPoint('job.computed');
      await this.record(job.completed(found.id, output), found, job.atOnce);
      crashPoint('job.recorded');
    } catch (error) {
      if (error instanceof ComputationHindered)
        this.options.logger.warn(
          { err: error, job: found.job },
          'a job waits for a store that does not answer',
        );
      if (this.isGivenBack(error)) await this.record([job.interrupted(found.id)], found);
      else if (error instanceof Rejected || error instanceof AppendRefused)
        await this.record([job.failed(found.id, error.message)], found);
      else throw error;
    }
  }

  private isGivenBack(error: unknown): boolean {
    if (error instanceof ComputationHindered) return true;
    return error instanceof ComputationLost && this.stopping.signal.aborted;
  }

  /** In nobody's way: what cannot be told is not told. */
  private report(job: AnyJob, found: FoundJob, progress: object): void {
    const command = job.progressed?.(found.id, progress);
    if (!command) return;
    this.record([command], found).catch((error: unknown) =>
      this.options.logger.warn({ err: error, job: found.job }, 'the progress of a job was not recorded'),
    );
  }

  /** A refusal says that an outcome is recorded already. */
  private async record(commands: readonly object[], found: FoundJob, atOnce = 1): Promise<void> {
    const send = async (command: object): Promise<void> => {
      crashPoint('job.recording');
      await this.options.send(command, await this.contextOf(found));
    };
    const last = commands.slice(-1);
    const before = commands.slice(0, -1);
    try {
      for (let first = 0; first < before.length; first += atOnce)
        await Promise.all(before.slice(first, first + atOnce).map(send));
      await Promise.all(last.map(send));
    } catch (error) {
      if (!(error instanceof Rejected)) throw error;
    }
  }

  private async contextOf({ workspace, correlationId, causationId }: FoundJob): Promise<CommandContext> {
    const { clock, ids } = this.options;
    const at = await clock.now();
    return { workspace, actor: 'system', at, commandId: ids.next(), correlationId, causationId };
  }
}
