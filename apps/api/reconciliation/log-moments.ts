import type { Clock } from '../../../domain/kernel/time.js';
import type { EventLog } from '../../../domain/kernel/ports/event-log.js';

/** Where the log ends now. */
export class LogMoments {
  constructor(
    private readonly log: Pick<EventLog, 'head'>,
    private readonly clock: Clock,
  ) {}

  /** `position` decimal; everything that happened so far is up to it. */
  async now(): Promise<{ readonly position: string; readonly time: string }> {
    const time = await this.clock.now();
    return { position: ((await this.log.head()) ?? 0n).toString(), time };
  }
}
