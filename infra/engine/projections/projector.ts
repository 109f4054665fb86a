import type { Logger } from 'pino';
import type { EventLog } from '../../../domain/kernel/ports/event-log.js';
import type { BuildEntry, ReadModelPointer } from '../../../domain/kernel/ports/read-model-pointers.js';
import {
  buildName,
  type ReadModelStore,
  type ReadModelVersion,
} from '../../../domain/kernel/ports/read-model-store.js';
import type { AnyProjection } from '../../../projections/kernel/projection.js';
import type { EventCodec } from '../../eventstore/event-codec.js';
import { messageOf } from '../../../domain/kernel/errors.js';
import { pause } from '../../system/pause.js';
import type { HeldLease } from '../leases/held-lease.js';
import type { Leases } from '../leases/leases.js';
import type { ObserveBatch } from './applied-batch.js';
import { Definitions, obtainPointers } from './definitions.js';
import { FedBuild, type LaneStatus } from './fed-build.js';
import { Filling } from './filling.js';
import { LaneShares } from './lane-shares.js';
import { isSame } from './pointer-changes.js';
import { Reading } from './reading.js';

export interface ProjectorOptions {
  readonly log: EventLog;
  readonly codec: EventCodec;
  readonly store: ReadModelStore;
  /** Several versions of one read model may be listed: older builds are fed as long as their version is. */
  readonly projections: readonly AnyProjection[];
  readonly logger: Logger;
  /** Documents of a read model are spread over so many lanes. Default 2. */
  readonly lanes?: number;
  /** Without them this process works every lane; with them its fair share. */
  readonly leases?: Leases;
  /** How often builds and leases are looked after. Default 500 ms. */
  readonly pollMs?: number;
  /** A subscription that is silent for so long is asked whether there is something to say. Default 5 s. */
  readonly silenceMs?: number;
  /** Bound of the documents that a build holds in memory while it is filled, in bytes, about. Default 24 MiB. */
  readonly cacheBytes?: number;
  /** Told of every batch that a lane wrote. */
  readonly observe?: ObserveBatch;
}

export interface ReadModelStatus {
  readonly name: string;
  readonly version: number;
  readonly build: number;
  readonly state: 'filling' | 'live';
  readonly serving: boolean;
  /** Of the lanes that are worked here. */
  readonly applied: bigint | undefined;
  /** A lane is stuck, or was, or has joined: the others do not wait for it. */
  readonly setAside: boolean;
  readonly lanes: readonly LaneStatus[];
  /** Why it is not being filled; undefined while it is, and afterwards. */
  readonly fault: string | undefined;
}

interface RunningFill {
  readonly projection: AnyProjection;
  readonly filling: Filling;
  readonly lease: HeldLease | undefined;
  readonly done: Promise<void>;
}

/** Keeps read models up to date: feeds the builds that are live, and fills those that are asked for. */
export class Projector {
  private readonly listeners = new Set<() => void>();
  private readonly definitions: Definitions;
  private readonly builds = new Map<string, FedBuild>();
  private readonly fills = new Map<string, RunningFill>();
  private readonly reading: Reading;
  private readonly shares: LaneShares;
  private readonly stopping = new AbortController();
  private pointers: readonly ReadModelPointer[] = [];
  private begun: bigint | undefined;
  private looking: Promise<void> | undefined;
  private wake = new AbortController();

  /** @throws RangeError when one version of a read model is defined twice */
  constructor(private readonly options: ProjectorOptions) {
    this.definitions = new Definitions(options.projections);
    this.reading = new Reading(options);
    this.shares = new LaneShares(this.reading, options.leases, options.logger);
  }

  async start(): Promise<void> {
    this.begun = await this.options.log.head();
    await this.look();
    this.looking = this.lookOn();
  }

  /** The log's head when this process began: what lies before it is history, and what comes after it is daily work. */
  get headAtStart(): bigint | undefined {
    return this.begun;
  }

  /** Why nothing comes from the log; undefined while it does. */
  get fault(): string | undefined {
    return this.reading.fault;
  }

  /**
   * Position up to which a build has applied everything, as it is in this process; without a number, the build that
   * serves. Undefined where some of its lanes are not worked here.
   */
  appliedTo(model: ReadModelVersion): bigint | undefined {
    const build = this.builds.get(buildName(this.withBuild(model)));
    return build?.isWhole ? build.applied : undefined;
  }

  /** Whether every lane of a build is worked here. */
  runs(model: ReadModelVersion): boolean {
    return this.builds.get(buildName(this.withBuild(model)))?.isWhole ?? false;
  }

  get status(): readonly ReadModelStatus[] {
    const of = ({ name, version, build = 0 }: AnyProjection, state: 'filling' | 'live') => {
      const serving = this.pointers.find((pointer) => pointer.name === name)?.serving;
      return { name, version, build, state, serving: serving ? isSame(serving, { version, build }) : false };
    };
    return [
      ...[...this.builds.values()].map((build) => ({
        ...of(build.projection, 'live'),
        applied: build.applied,
        setAside: build.lanes.some((lane) => this.reading.isAside(lane)),
        lanes: build.status,
        fault: undefined,
      })),
      ...[...this.fills.values()].map(({ projection, filling }) => ({
        ...of(projection, 'filling'),
        applied: undefined,
        setAside: false,
        lanes: [],
        fault: filling.fault,
      })),
    ];
  }

  /** Calls back whenever some lane has applied more. @returns what ends it */
  onApplied(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.wake.abort();
    await this.looking;
    for (const { filling } of this.fills.values()) filling.stop();
    await Promise.all([...this.fills.values()].map(({ done }) => done));
    await Promise.all([this.shares.stop(), this.reading.stop()]);
  }

  private withBuild(model: ReadModelVersion): ReadModelVersion {
    if (model.build !== undefined) return model;
    const serving = this.pointers.find(({ name }) => name === model.name)?.serving;
    return serving?.version === model.version ? { ...model, build: serving.build } : model;
  }

  private async lookOn(): Promise<void> {
    const { pollMs = 500, logger } = this.options;
    const stopped = (): boolean => this.stopping.signal.aborted;
    while (!stopped()) {
      await pause(pollMs, this.wake.signal);
      if (stopped()) return;
      this.wake = new AbortController();
      try {
        await this.look();
      } catch (error) {
        logger.warn(
          { reason: messageOf(error) },
          'the builds of the read models cannot be looked after; soon again',
        );
      }
    }
  }

  /** Makes what is done here what the pointers say. */
  private async look(): Promise<void> {
    const { store, log } = this.options;
    this.pointers = await obtainPointers(this.definitions, store, log);
    const live = this.wanted('live');
    for (const [id, build] of [...this.builds])
      if (!live.has(id)) {
        this.builds.delete(id);
        await this.shares.leave(build);
      }
    const added = [...live].filter(([id]) => !this.builds.has(id));
    await Promise.all(added.map(([id, projection]) => this.feed(id, projection)));
    const filling = this.wanted('filling');
    for (const [id, { filling: running }] of this.fills) if (!filling.has(id)) running.stop();
    for (const [id, projection] of filling) if (!this.fills.has(id)) await this.fill(id, projection);
    await this.shares.settle([...this.builds.values()]);
  }

  private wanted(state: BuildEntry['state']): ReadonlyMap<string, AnyProjection> {
    const wanted = new Map<string, AnyProjection>();
    for (const { name, builds } of this.pointers)
      for (const entry of builds) {
        const projection = entry.state === state ? this.definitions.of(name, entry) : undefined;
        if (projection) wanted.set(buildName(projection), projection);
      }
    return wanted;
  }

  private async feed(id: string, projection: AnyProjection): Promise<void> {
    const { store, lanes = 2, observe } = this.options;
    await store.prepare(projection);
    const onApplied = (): void => {
      for (const listener of this.listeners) listener();
    };
    this.builds.set(id, new FedBuild({ projection, store, lanes, onApplied, ...(observe && { observe }) }));
  }

  private async fill(id: string, projection: AnyProjection): Promise<void> {
    const { leases, lanes = 2, store } = this.options;
    const lease = await leases?.tryTake(`projection/${id}/fill`);
    if (leases && !lease) return;
    try {
      await store.prepare(projection);
    } catch (error) {
      // Kept, it would be held for ever by one who does nothing under it.
      await lease?.release();
      throw error;
    }
    const filling = new Filling({ ...this.options, projection, lanes, ...(leases && { token: 0n }) });
    const onLost = (): void => filling.stop();
    lease?.lost.addEventListener('abort', onLost, { once: true });
    const done = filling.run().then(async () => {
      lease?.lost.removeEventListener('abort', onLost);
      await lease?.release();
      this.fills.delete(id);
      this.wake.abort();
    });
    this.fills.set(id, { projection, filling, lease, done });
  }
}
