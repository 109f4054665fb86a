import type { AnyEvent, EventDefinitions, Recorded } from './event.js';
import type { CommandClass } from './decider.js';

/**
 * Work that is too large for a decision: asked for by an event, computed by any worker in a process of its own,
 * answered by a command. Its input is in the event and in objects that the event names, so it gives the same
 * output however often it is done (rule J1).
 */
export interface Job<Event extends AnyEvent, Output extends object> {
  /** Names the computation in the worker's table. */
  readonly name: string;
  readonly events: EventDefinitions;
  readonly requested: Event['type'];
  readonly finished: readonly Event['type'][];
  /** The job's own id within its workspace: the aggregate's. */
  readonly id: (event: Recorded<Event>) => string;
  /** The command that records what came out. */
  readonly completed: (id: string, output: Output) => object;
  /** The command that records that it cannot be done, with a reason for people. */
  readonly failed: (id: string, reason: string) => object;
  readonly commands: readonly CommandClass[];
}
