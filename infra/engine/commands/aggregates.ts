import { evolve, type AnyDecider } from '../../../domain/kernel/decider.js';
import { InvariantBroken } from '../../../domain/kernel/errors.js';
import { cancelledBy } from '../../../domain/kernel/event.js';
import type { StreamName } from '../../../domain/kernel/names.js';
import type {
  Appended,
  EventLog,
  EventToAppend,
  StoredEvent,
} from '../../../domain/kernel/ports/event-log.js';
import { hashOf, type ChainLink } from '../../eventstore/chain.js';
import type { EventCodec } from '../../eventstore/event-codec.js';

/** What a command is answered with (rule C7): its last event, or the stream's last when there was nothing to append. */
export interface Answer {
  readonly stream: string;
  readonly revision?: string;
  readonly position?: string;
  /** `h` of that event, lower-case hex. */
  readonly hash?: string;
}

export interface LoadedAggregate {
  readonly stream: StreamName;
  state: unknown;
  last: (ChainLink & { readonly position: bigint }) | undefined;
  /** Every command whose events the stream holds, with what it was answered. */
  readonly commands: Map<string, Answer>;
  /** Commands that events of the stream cancelled: they are refused from then on (rule S2). */
  readonly cancelled: Set<string>;
  /** True while all of it was read from the server in this round. */
  fresh: boolean;
}

/**
 * Loads streams and keeps the most recently used. An event enters only after its acknowledgement or after it was
 * read back (rule C5); whoever meets a conflict or an unknown append drops the entry.
 */
export class Aggregates {
  private readonly cache = new Map<StreamName, LoadedAggregate>();

  constructor(
    private readonly log: EventLog,
    private readonly codec: EventCodec,
    private readonly capacity = 10_000,
  ) {}

  /** From the cache if it is there, otherwise from the server. */
  async load(decider: AnyDecider, stream: StreamName): Promise<LoadedAggregate> {
    const cached = this.cache.get(stream);
    if (cached) {
      this.cache.delete(stream);
      this.cache.set(stream, cached);
      cached.fresh = false;
      return cached;
    }
    const loaded: LoadedAggregate = {
      stream,
      state: decider.initial,
      last: undefined,
      commands: new Map(),
      cancelled: new Set(),
      fresh: true,
    };
    await this.readOn(decider, loaded);
    this.keep(loaded);
    return loaded;
  }

  /** Reads what others appended since; afterwards the entry is as fresh as a load. */
  async refresh(decider: AnyDecider, aggregate: LoadedAggregate): Promise<boolean> {
    const before = aggregate.last?.revision;
    await this.readOn(decider, aggregate);
    aggregate.fresh = true;
    return aggregate.last?.revision !== before;
  }

  drop(stream: StreamName): void {
    this.cache.delete(stream);
  }

  /** Takes events over that were just acknowledged. */
  async acknowledge(
    decider: AnyDecider,
    aggregate: LoadedAggregate,
    events: readonly EventToAppend[],
    { position }: Appended,
  ): Promise<Answer> {
    let revision = aggregate.last?.revision ?? -1n;
    for (const event of events) {
      revision += 1n;
      // Only the last position of an append is told; the others are never asked for.
      await this.apply(decider, aggregate, {
        ...event,
        stream: aggregate.stream,
        revision,
        position,
        preparePosition: position,
      });
    }
    return answerOf(aggregate);
  }

  private async readOn(decider: AnyDecider, aggregate: LoadedAggregate): Promise<void> {
    const from = aggregate.last === undefined ? undefined : aggregate.last.revision + 1n;
    for await (const event of this.log.read(aggregate.stream, from))
      await this.apply(decider, aggregate, event);
  }

  private async apply(decider: AnyDecider, aggregate: LoadedAggregate, stored: StoredEvent): Promise<void> {
    const hash = hashOf(stored);
    if (!hash)
      throw new InvariantBroken('log.unlinked', `event ${stored.revision} of ${stored.stream} bears no hash`);
    const event = await this.codec.decode(stored);
    aggregate.state = evolve(decider, aggregate.state, event);
    aggregate.last = { revision: stored.revision, hash, position: stored.position };
    aggregate.commands.set(event.commandId, answerOf(aggregate));
    const cancelled = cancelledBy(decider.events, event);
    if (cancelled !== undefined) aggregate.cancelled.add(cancelled);
  }

  private keep(aggregate: LoadedAggregate): void {
    this.cache.set(aggregate.stream, aggregate);
    if (this.cache.size <= this.capacity) return;
    for (const oldest of this.cache.keys()) {
      this.cache.delete(oldest);
      return;
    }
  }
}

export function answerOf({ stream, last }: LoadedAggregate): Answer {
  return last
    ? { stream, revision: last.revision.toString(), position: last.position.toString(), hash: last.hash }
    : { stream };
}
