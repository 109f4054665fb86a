import type { ReadModelStore } from '../../../domain/kernel/ports/read-model-store.js';
import type { AnyProjection } from '../../../projections/kernel/projection.js';
import type { ObserveBatch } from './applied-batch.js';
import { Lane } from './lane.js';
import { leastOf, startOf } from './positions.js';

export interface LaneStatus {
  readonly lane: number;
  /** False: another process works it. */
  readonly held: boolean;
  readonly applied: bigint | undefined;
  readonly fault: string | undefined;
  /** Events that came and are not applied yet. */
  readonly waiting: number;
  /** When the oldest of them was decided, RFC 3339; undefined when none waits. */
  readonly waitingSince: string | undefined;
}

export interface FedBuildOptions {
  /** Of the build, so with its number. */
  readonly projection: AnyProjection;
  readonly store: ReadModelStore;
  readonly lanes: number;
  readonly onApplied: () => void;
  readonly observe?: ObserveBatch;
}

/** One build of a read model that is fed with what comes: its documents spread over lanes by their ids. */
export class FedBuild {
  private readonly held = new Map<number, Lane>();

  constructor(private readonly options: FedBuildOptions) {}

  get projection(): AnyProjection {
    return this.options.projection;
  }

  get lanes(): readonly Lane[] {
    return [...this.held.values()];
  }

  /** True when every lane is worked here, so that this process knows by itself what is applied. */
  get isWhole(): boolean {
    return this.held.size === this.options.lanes;
  }

  /** Everything up to here is in the documents of every lane that is worked here; undefined while one has nothing. */
  get applied(): bigint | undefined {
    return leastOf(this.lanes.map(({ applied }) => applied));
  }

  get status(): readonly LaneStatus[] {
    return Array.from({ length: this.options.lanes }, (_none, lane) => {
      const held = this.held.get(lane);
      return {
        lane,
        held: held !== undefined,
        applied: held?.applied,
        fault: held?.fault,
        waiting: held?.waitingEvents ?? 0,
        waitingSince: held?.waitingSince,
      };
    });
  }

  /** Those that are not worked here. */
  get missing(): readonly number[] {
    return Array.from({ length: this.options.lanes }, (_none, lane) => lane).filter(
      (lane) => !this.held.has(lane),
    );
  }

  /**
   * Works a lane from where its checkpoint stands, with nothing remembered.
   *
   * @returns undefined when it is fenced by a greater token
   */
  async open(lane: number, token?: bigint, onReplaced?: () => void): Promise<Lane | undefined> {
    const { projection, store, lanes, onApplied, observe } = this.options;
    if (token !== undefined && !(await store.fence(projection, { lane, lanes, token }))) return undefined;
    const from = startOf(await store.checkpoints(projection), lanes)[lane];
    const opened = new Lane({
      projection,
      store,
      lane,
      lanes,
      from,
      onApplied,
      ...(observe && { observe }),
      ...(token !== undefined && { token }),
      ...(onReplaced && { onReplaced }),
    });
    this.held.set(lane, opened);
    return opened;
  }

  /** @param saves false: somebody else works it by now */
  async close(lane: number, saves = true): Promise<void> {
    const held = this.held.get(lane);
    this.held.delete(lane);
    await held?.stop(saves);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.held.keys()].map((lane) => this.close(lane)));
  }
}
