import type { EventLog } from '../../../domain/kernel/ports/event-log.js';

/** Where the log ends, for many who ask at once: an answer was read after it was asked for, and serves all who waited. */
export class Heads {
  private next: Promise<bigint | undefined> | undefined;
  private current: Promise<unknown> = Promise.resolve();

  constructor(private readonly log: Pick<EventLog, 'head'>) {}

  /** @returns undefined for an empty log */
  read(): Promise<bigint | undefined> {
    this.next ??= this.readNext();
    return this.next;
  }

  private async readNext(): Promise<bigint | undefined> {
    await this.current.catch(() => undefined);
    // Whoever asks from here on may ask because of something newer.
    const reading = this.log.head();
    this.next = undefined;
    this.current = reading;
    return reading;
  }
}
