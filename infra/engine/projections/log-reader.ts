import type { Logger } from 'pino';
import { messageOf } from '../../../domain/kernel/errors.js';
import type { EventLog, LogSignal } from '../../../domain/kernel/ports/event-log.js';
import type { EventCodec } from '../../eventstore/event-codec.js';
import { pause } from '../../system/pause.js';
import { HandedEvent } from './handed-event.js';
import { leastOf, type ProjectionRunner } from './projection-runner.js';

export interface LogReaderPorts {
  readonly log: EventLog;
  readonly codec: EventCodec;
  readonly logger: Logger;
}

const firstRetryMs = 100;
const lastRetryMs = 5000;

/**
 * Reads `$all` once for some read models, and waits for the slowest of them; goes on where it was when the log was
 * away.
 */
export class LogReader {
  /** Why nothing comes from the log; undefined while it does. */
  fault: string | undefined;
  /** The position that it hands over, or handed over last. */
  latest: bigint | undefined;
  private readonly served: Set<ProjectionRunner>;
  private readonly stopping = new AbortController();
  private reading: Promise<void> | undefined;

  /** @param onHanded told of a read model after each position that it was handed */
  constructor(
    private readonly ports: LogReaderPorts,
    runners: readonly ProjectionRunner[],
    private readonly onHanded: (runner: ProjectionRunner, reader: LogReader) => void,
  ) {
    this.served = new Set(runners);
  }

  start(): void {
    this.reading = this.readOn();
  }

  serves(runner: ProjectionRunner): boolean {
    return this.served.has(runner);
  }

  /** How many read models it reads for. */
  get size(): number {
    return this.served.size;
  }

  /** Takes a read model over that was handed everything up to `latest`. */
  take(runner: ProjectionRunner): void {
    this.served.add(runner);
  }

  /** No longer reads for a read model. */
  leave(runner: ProjectionRunner): void {
    this.served.delete(runner);
    if (this.served.size === 0) this.stopping.abort();
  }

  /** The read models it waits for must be stopped, or have room. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.reading;
  }

  private async readOn(): Promise<void> {
    const { log, logger } = this.ports;
    const { signal } = this.stopping;
    const stopped = (): boolean => signal.aborted;
    let retryMs = firstRetryMs;
    while (!stopped()) {
      const from = leastOf([...this.served].map(({ offered }) => offered));
      try {
        for await (const said of log.subscribe(from, signal)) {
          retryMs = firstRetryMs;
          this.fault = undefined;
          await this.handle(said);
          if (stopped()) return;
        }
      } catch (error) {
        this.fault = messageOf(error);
        logger.warn({ err: error, retryMs }, 'the subscription was lost; it is taken up where it was');
        await pause(retryMs, signal);
        retryMs = Math.min(retryMs * 2, lastRetryMs);
      }
    }
  }

  private async handle(said: LogSignal): Promise<void> {
    const { codec } = this.ports;
    if (said.kind === 'event') {
      const { event } = said;
      await this.hand(event.position, codec.isOurs(event) ? new HandedEvent(event, codec) : undefined);
    } else if (said.kind === 'reached') await this.hand(said.position, undefined);
  }

  private async hand(position: bigint, handed: HandedEvent | undefined): Promise<void> {
    this.latest = position;
    for (const runner of [...this.served]) {
      runner.offer(position, handed);
      this.onHanded(runner, this);
      while (runner.isFull && this.serves(runner)) {
        await runner.change();
        this.onHanded(runner, this);
      }
    }
  }
}
