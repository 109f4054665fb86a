import type { Meanwhile } from '../random-history.js';
import type { ProcessOptions } from '../simulated-process.js';
import type { Plan } from '../slot.js';
import type { Stage } from '../stage.js';

interface Named {
  /** As `--scenario` takes it. */
  readonly name: string;
  /** What happens in it, as a sentence. */
  readonly about: string;
}

/** A history that chance hardly ever plays: its calls meet where they hurt. Afterwards everything is checked as ever. */
export interface DirectedScenario extends Named {
  readonly plans: readonly Plan[];
  readonly manualClock?: boolean;
  readonly play: (stage: Stage) => Promise<void>;
}

/** Any history, and something else besides. */
export interface AnyHistoryWith extends Named {
  readonly jumps: Meanwhile;
}

export type Scenario = DirectedScenario | AnyHistoryWith;

/** A place for these processes, one after another. */
export const place = (...processes: readonly ProcessOptions[]): Plan => ({ processes, troubles: [] });
/** A process that takes commands and queries, and does nothing else. */
export const api: Plan = place({});
/** One that does everything, beside all others. */
export const worker: ProcessOptions = { lanes: 1 };
