import { BeginManualClock } from '../../domain/engine/clock-commands.js';
import { clock, clockId } from '../../domain/engine/clock.js';
import { AxionError } from '../../domain/kernel/errors.js';
import { evolve } from '../../domain/kernel/decider.js';
import { systemContext } from '../../domain/kernel/event.js';
import { streamName, systemWorkspace } from '../../domain/kernel/names.js';
import type { EventLog } from '../../domain/kernel/ports/event-log.js';
import type { Clock, IdSource } from '../../domain/kernel/time.js';
import type { CommandExecution } from '../../infra/engine/commands/command-execution.js';
import type { EventCodec } from '../../infra/eventstore/event-codec.js';
import { ManualClock } from '../../infra/system/manual-clock.js';
import { systemClock } from '../../infra/system/system-clock.js';
import type { ClockMode } from './configuration.js';

/** The log's times were set by hand; with the system's clock they would jump, and every timer with them. */
export class ClockIsManual extends AxionError {
  constructor(time: string) {
    super(
      'clock.manual',
      `this log has a manual clock, which stands at ${time}: start with AXION_CLOCK=manual, or on other data`,
    );
  }
}

/** The time of whatever is decided here, and whose it is. */
export class PlatformClock implements Clock {
  constructor(
    readonly mode: ClockMode,
    private readonly source: Clock,
  ) {}

  now(): Promise<string> {
    return this.source.now();
  }
}

interface ClockParts {
  readonly log: EventLog;
  readonly codec: EventCodec;
  readonly execution: CommandExecution;
  readonly ids: IdSource;
}

/**
 * The clock that the settings ask for. A manual one that was never set begins at the system's time; of several first
 * starts at once the first one's counts.
 *
 * @throws ClockIsManual when the log has a manual clock and the settings ask for the system's
 */
export async function openClock(mode: ClockMode, parts: ClockParts): Promise<PlatformClock> {
  const { log, codec, execution, ids } = parts;
  const manual = manualClockOf(log, codec);
  const time = await manual.last();
  if (mode === 'system') {
    if (time !== undefined) throw new ClockIsManual(time);
    return new PlatformClock(mode, systemClock);
  }
  if (time === undefined) {
    const to = await systemClock.now();
    const begin = Object.assign(new BeginManualClock(), { to });
    await execution.execute(clock, begin, { context: systemContext(ids.next(), to) }, []);
  }
  return new PlatformClock(mode, manual);
}

export function manualClockOf(log: EventLog, codec: EventCodec): ManualClock {
  return new ManualClock(log, streamName(clock.category, systemWorkspace, clockId), (stored) => {
    // The newest event alone says where the clock stands.
    const { to } = evolve(clock, clock.initial, codec.decodeSealed(stored)) as typeof clock.initial;
    return to ?? '';
  });
}
