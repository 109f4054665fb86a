import type { Logger } from 'pino';
import { messageOf } from '../../../domain/kernel/errors.js';
import type { EventLog } from '../../../domain/kernel/ports/event-log.js';
import type { ReadModelStore, ReadModelVersion } from '../../../domain/kernel/ports/read-model-store.js';
import type { AnyProjection } from '../../../projections/kernel/projection.js';
import type { EventCodec } from '../../eventstore/event-codec.js';
import { ProjectionRunner, type LaneStatus } from './projection-runner.js';
import { pause } from '../../system/pause.js';

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
  readonly lanes: readonly LaneStatus[];
}

const firstRetryMs = 100;
const lastRetryMs = 5000;

/** Reads `$all` once and hands it to every read model; goes on where it was when the log was away. */
export class Projector {
  private readonly stopping = new AbortController();
  private readonly listeners = new Set<() => void>();
  private runners: readonly ProjectionRunner[] = [];
  private reading: Promise<void> | undefined;
  private handed: bigint | undefined;
  /** Why nothing comes from the log; undefined while it does. */
  fault: string | undefined;

  constructor(private readonly options: ProjectorOptions) {}

  async start(): Promise<void> {
    const { projections, store, lanes = 2 } = this.options;
    const onApplied = (): void => {
      for (const listener of this.listeners) listener();
    };
    this.runners = await Promise.all(
      projections.map((projection) => ProjectionRunner.start(projection, store, lanes, onApplied)),
    );
    this.handed = leastOf(this.runners.flatMap(({ status }) => status.map(({ applied }) => applied)));
    this.reading = this.readOn();
  }

  /** Positions as they are in this process; undefined for a read model that is not run here. */
  appliedTo(model: ReadModelVersion): bigint | undefined {
    return this.runnerOf(model)?.applied;
  }

  runs(model: ReadModelVersion): boolean {
    return this.runnerOf(model) !== undefined;
  }

  get status(): readonly ReadModelStatus[] {
    return this.runners.map(({ projection, applied, status }) => ({
      name: projection.name,
      version: projection.version,
      applied,
      lanes: status,
    }));
  }

  /** Calls back whenever some lane has applied more. @returns what ends it */
  onApplied(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.reading;
    await Promise.all(this.runners.map((runner) => runner.stop()));
  }

  private async readOn(): Promise<void> {
    const { log, logger } = this.options;
    const { signal } = this.stopping;
    let retryMs = firstRetryMs;
    while (!signal.aborted) {
      try {
        for await (const said of log.subscribe(this.handed, signal)) {
          retryMs = firstRetryMs;
          this.fault = undefined;
          if (said.kind === 'event') await this.hand(said.event.position, said.event);
          else if (said.kind === 'reached') await this.hand(said.position, undefined);
        }
      } catch (error) {
        this.fault = messageOf(error);
        logger.warn({ err: error, retryMs }, 'the subscription was lost; it is taken up where it was');
        await pause(retryMs, signal);
        retryMs = Math.min(retryMs * 2, lastRetryMs);
      }
    }
  }

  private async hand(
    position: bigint,
    stored: Parameters<EventCodec['decodeSealed']>[0] | undefined,
  ): Promise<void> {
    const { codec } = this.options;
    const event = stored && codec.knows(stored.type) ? codec.decodeSealed(stored) : undefined;
    for (const runner of this.runners) await runner.offer(position, event);
    this.handed = position;
  }

  private runnerOf({ name, version }: ReadModelVersion): ProjectionRunner | undefined {
    return this.runners.find(({ projection }) => projection.name === name && projection.version === version);
  }
}

function leastOf(positions: readonly (bigint | undefined)[]): bigint | undefined {
  let least: bigint | undefined;
  for (const position of positions) {
    if (position === undefined) return undefined;
    if (least === undefined || position < least) least = position;
  }
  return least;
}
