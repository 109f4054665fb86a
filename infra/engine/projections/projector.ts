import type { Logger } from 'pino';
import type { EventLog } from '../../../domain/kernel/ports/event-log.js';
import type { ReadModelStore, ReadModelVersion } from '../../../domain/kernel/ports/read-model-store.js';
import type { AnyProjection } from '../../../projections/kernel/projection.js';
import type { EventCodec } from '../../eventstore/event-codec.js';
import { LogReader } from './log-reader.js';
import { ProjectionRunner, type LaneStatus } from './projection-runner.js';

export interface ProjectorOptions {
  readonly log: EventLog;
  readonly codec: EventCodec;
  readonly store: ReadModelStore;
  readonly projections: readonly AnyProjection[];
  readonly logger: Logger;
  /** Documents of a read model are spread over so many lanes. Default 2. */
  readonly lanes?: number;
}

export interface ReadModelStatus {
  readonly name: string;
  readonly version: number;
  readonly applied: bigint | undefined;
  /** It is stuck, or was: the others no longer wait for it. */
  readonly setAside: boolean;
  readonly lanes: readonly LaneStatus[];
}

/**
 * Keeps read models up to date: one reader hands `$all` to all of them. One that is stuck would stop the others as
 * soon as it can hold no more, so it is set aside then, with a reader of its own, until it has caught up.
 */
export class Projector {
  private readonly listeners = new Set<() => void>();
  private runners: readonly ProjectionRunner[] = [];
  private shared: LogReader | undefined;
  private readonly aside = new Set<LogReader>();
  private stopped = false;

  constructor(private readonly options: ProjectorOptions) {}

  async start(): Promise<void> {
    const { projections, store, lanes = 2 } = this.options;
    const onApplied = (): void => {
      for (const listener of this.listeners) listener();
    };
    this.runners = await Promise.all(
      projections.map((projection) => ProjectionRunner.start(projection, store, lanes, onApplied)),
    );
    this.shared = new LogReader(this.options, this.runners, (runner, reader) => {
      if (runner.isFull && runner.isStuck && reader.size > 1) this.setAside(runner, reader);
    });
    this.shared.start();
  }

  /** Why nothing comes from the log; undefined while it does. */
  get fault(): string | undefined {
    return this.shared?.fault;
  }

  /** Positions as they are in this process; undefined for a read model that is not run here. */
  appliedTo(model: ReadModelVersion): bigint | undefined {
    return this.runnerOf(model)?.applied;
  }

  runs(model: ReadModelVersion): boolean {
    return this.runnerOf(model) !== undefined;
  }

  get status(): readonly ReadModelStatus[] {
    return this.runners.map((runner) => ({
      name: runner.projection.name,
      version: runner.projection.version,
      applied: runner.applied,
      setAside: [...this.aside].some((reader) => reader.serves(runner)),
      lanes: runner.status,
    }));
  }

  /** Calls back whenever some lane has applied more. @returns what ends it */
  onApplied(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    const readers = [...(this.shared ? [this.shared] : []), ...this.aside].map((reader) => reader.stop());
    await Promise.all(this.runners.map((runner) => runner.stop()));
    await Promise.all(readers);
  }

  private setAside(runner: ProjectionRunner, shared: LogReader): void {
    if (this.stopped) return;
    const { logger } = this.options;
    const { name } = runner.projection;
    shared.leave(runner);
    const own = new LogReader(this.options, [runner], () => {
      if (runner.isFull || runner.isStuck || !hasReached(runner.offered, shared.latest)) return;
      own.leave(runner);
      void own.stop().then(() => this.aside.delete(own));
      shared.take(runner);
      logger.info({ readModel: name }, 'a read model that was set aside has caught up');
    });
    this.aside.add(own);
    own.start();
    logger.warn({ readModel: name, lanes: runner.status.map(({ fault }) => fault) }, 'a read model is stuck');
  }

  private runnerOf({ name, version }: ReadModelVersion): ProjectionRunner | undefined {
    return this.runners.find(({ projection }) => projection.name === name && projection.version === version);
  }
}

function hasReached(position: bigint | undefined, other: bigint | undefined): boolean {
  return other === undefined || (position !== undefined && position >= other);
}
