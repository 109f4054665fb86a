import type { Logger } from 'pino';
import { messageOf } from '../../../domain/kernel/errors.js';
import { LogUnavailable, type EventLog, type LogSignal } from '../../../domain/kernel/ports/event-log.js';
import type { EventCodec } from '../../eventstore/event-codec.js';
import { withDeadline } from '../../system/deadline.js';
import { pause } from '../../system/pause.js';
import { HandedEvent } from './handed-event.js';
import type { Lane } from './lane.js';
import { leastOf } from './positions.js';

export interface LogReaderPorts {
  readonly log: EventLog;
  readonly codec: EventCodec;
  readonly logger: Logger;
  /** A subscription that is silent for so long is asked whether there is something to say. Default 5 s. */
  readonly silenceMs?: number;
}

/** What a reader hands the log to: a lane of a read model, a share of the sagas. */
export interface LogFollower {
  /** It needs nothing up to here any more. */
  readonly offered: bigint | undefined;
  /** It holds as much as it should. */
  readonly isFull: boolean;
  /** Takes every position, with the event unless it is somebody else's; passes over what it was offered before. */
  offer(position: bigint, handed: HandedEvent | undefined): void;
  /** Resolves when one that is full went on, failed, or was stopped. */
  change(): Promise<void>;
}

const firstRetryMs = 100;
const lastRetryMs = 5000;
const defaultSilenceMs = 5000;

/**
 * Reads `$all` once for some lanes, and waits for the slowest of them; goes on where it was when the log was away,
 * or when a subscription says nothing though the log went on.
 */
export class LogReader<Follower extends LogFollower = Lane> {
  /** Why nothing comes from the log; undefined while it does. */
  fault: string | undefined;
  /** The position that it hands over, or handed over last. */
  latest: bigint | undefined;
  private readonly served: Set<Follower>;
  private readonly stopping = new AbortController();
  private reading: Promise<void> | undefined;

  /** @param onHanded told of a lane after each position that it was handed */
  constructor(
    private readonly ports: LogReaderPorts,
    lanes: Iterable<Follower>,
    private readonly onHanded: (lane: Follower, reader: LogReader<Follower>) => void,
  ) {
    this.served = new Set(lanes);
  }

  start(): void {
    // Who joins later must not miss what lies before the first that is handed over here.
    this.latest = leastOf([...this.served].map(({ offered }) => offered));
    this.reading = this.readOn();
  }

  serves(lane: Follower): boolean {
    return this.served.has(lane);
  }

  /** How many lanes it reads for. */
  get size(): number {
    return this.served.size;
  }

  /** Takes a lane over that was handed everything up to `latest`. */
  take(lane: Follower): void {
    this.served.add(lane);
  }

  /** No longer reads for a lane; ends with the last of them. */
  leave(lane: Follower): void {
    this.served.delete(lane);
    if (this.served.size === 0) this.stopping.abort();
  }

  /** The lanes it waits for must be stopped, or have room. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.reading;
  }

  private async readOn(): Promise<void> {
    const { logger } = this.ports;
    const { signal } = this.stopping;
    const stopped = (): boolean => signal.aborted;
    let retryMs = firstRetryMs;
    while (!stopped()) {
      const from = leastOf([...this.served].map(({ offered }) => offered));
      try {
        await this.followOnce(from, () => (retryMs = firstRetryMs));
      } catch (error) {
        if (stopped()) return;
        this.fault = messageOf(error);
        logger.warn({ err: error, retryMs }, 'the subscription was lost; it is taken up where it was');
      }
      if (!stopped()) {
        await pause(retryMs, signal);
        retryMs = Math.min(retryMs * 2, lastRetryMs);
      }
    }
  }

  /** One subscription, from its beginning until it ends, fails, or is silent though there is something to say. */
  private async followOnce(from: bigint | undefined, onSignal: () => void): Promise<void> {
    const attempt = new AbortController();
    const end = (): void => attempt.abort();
    this.stopping.signal.addEventListener('abort', end, { once: true });
    const heard = { at: performance.now(), handling: false };
    const follow = async (): Promise<void> => {
      for await (const said of this.ports.log.subscribe(from, attempt.signal)) {
        // What a subscription says that was given up is said again by the next.
        if (isEnded(attempt.signal)) return;
        heard.handling = true;
        this.fault = undefined;
        onSignal();
        await this.handle(said);
        heard.handling = false;
        heard.at = performance.now();
        if (isEnded(attempt.signal)) return;
      }
    };
    const following = follow();
    // Given up, it may never end: nobody waits for it any longer.
    following.catch(() => undefined);
    try {
      await Promise.race([following, this.watch(heard, attempt.signal)]);
      if (this.stopping.signal.aborted) await following.catch(() => undefined);
    } finally {
      this.stopping.signal.removeEventListener('abort', end);
      end();
    }
  }

  /** Ends with the attempt. @throws LogUnavailable when it is silent though the log went on, or does not answer */
  private async watch(
    heard: { readonly at: number; readonly handling: boolean },
    ended: AbortSignal,
  ): Promise<void> {
    const { log, silenceMs = defaultSilenceMs } = this.ports;
    while (!ended.aborted) {
      const quietMs = heard.handling ? 0 : performance.now() - heard.at;
      if (quietMs < silenceMs) {
        await pause(silenceMs - quietMs, ended);
        continue;
      }
      const asked = heard.at;
      const head = await withDeadline(silenceMs, log.head(), () => new LogUnavailable('it is silent'));
      if (heard.handling || heard.at !== asked || isEnded(ended)) continue;
      if (head !== undefined && (this.latest === undefined || head > this.latest))
        throw new LogUnavailable('the subscription is silent, though the log went on');
      await pause(silenceMs, ended);
    }
  }

  private async handle(said: LogSignal): Promise<void> {
    const { codec } = this.ports;
    if (said.kind === 'event') {
      const { event } = said;
      await this.hand(event.position, codec.isOurs(event) ? new HandedEvent(event, codec) : undefined);
    } else if (said.kind === 'reached') await this.hand(said.position, undefined);
  }

  /** Hands a position to every lane, also where there is nothing to do (rule P1). */
  private async hand(position: bigint, handed: HandedEvent | undefined): Promise<void> {
    if (this.latest === undefined || position > this.latest) this.latest = position;
    for (const lane of [...this.served]) {
      lane.offer(position, handed);
      this.onHanded(lane, this);
      while (lane.isFull && this.serves(lane)) {
        await lane.change();
        this.onHanded(lane, this);
      }
    }
  }
}

/** Asked again after each wait. */
function isEnded(signal: AbortSignal): boolean {
  return signal.aborted;
}
