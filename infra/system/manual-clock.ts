import { InvariantBroken } from '../../domain/kernel/errors.js';
import type { StreamName } from '../../domain/kernel/names.js';
import type { EventLog, StoredEvent } from '../../domain/kernel/ports/event-log.js';
import type { Clock } from '../../domain/kernel/time.js';

/** A clock that stands where the newest event of its stream set it; read from the log each time (rule S4). */
export class ManualClock implements Clock {
  /** @param timeOf what an event of the stream set the clock to: RFC 3339, UTC, milliseconds */
  constructor(
    private readonly log: Pick<EventLog, 'readLast'>,
    private readonly stream: StreamName,
    private readonly timeOf: (event: StoredEvent) => string,
  ) {}

  /** @throws InvariantBroken `clock.not-set` where nobody set it */
  async now(): Promise<string> {
    const time = await this.last();
    if (time === undefined) throw new InvariantBroken('clock.not-set', `${this.stream} holds no time`);
    return time;
  }

  /** Undefined: it was never set, so there is no manual clock. */
  async last(): Promise<string | undefined> {
    const newest = await this.log.readLast(this.stream);
    return newest && this.timeOf(newest);
  }
}
