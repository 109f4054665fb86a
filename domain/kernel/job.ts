import type { AnyEvent, EventDefinition, Recorded } from './event.js';

/**
 * Work that is too large for a decision: asked for by an event, computed by any worker in a process of its own,
 * answered by a command. Its input is in the event and in objects that the event names, so it gives the same
 * output however often it is done (rule J1).
 */
export interface Job<Event extends AnyEvent, Output extends object, Progress extends object = object> {
  /** Names the computation in the worker's table. */
  readonly name: string;
  readonly events: { readonly [Type in Event['type']]: EventDefinition };
  readonly requested: Event['type'];
  readonly finished: readonly Event['type'][];
  /** The job's own id within its workspace: the aggregate's. */
  readonly id: { bivariant(event: Recorded<Event>): string }['bivariant'];
  /** Counts the attempt, before the work; refused once there were too many. */
  readonly started: (id: string) => object;
  /** Records how far it is, for people; it may be lost. */
  readonly progressed?: { bivariant(id: string, progress: Progress): object }['bivariant'];
  /** Takes a counted attempt back: the platform stopped, and the work is not to blame. */
  readonly interrupted: (id: string) => object;
  /** Record what came out, one after another; each says nothing twice. The last one finishes the job. */
  readonly completed: { bivariant(id: string, output: Output): readonly object[] }['bivariant'];
  /** So many of those but the last are sent at once, where each speaks of something else; 1. */
  readonly atOnce?: number;
  /** Records that it cannot be done, with a reason for people. */
  readonly failed: (id: string, reason: string) => object;
}

/** A job whose types were checked where it was written: what machinery that serves all of them takes. */
export interface AnyJob {
  readonly name: string;
  readonly events: Readonly<Record<string, EventDefinition>>;
  readonly requested: string;
  readonly finished: readonly string[];
  id(event: Recorded<AnyEvent>): string;
  started(id: string): object;
  progressed?(id: string, progress: object): object;
  interrupted(id: string): object;
  completed(id: string, output: object): readonly object[];
  readonly atOnce?: number;
  failed(id: string, reason: string): object;
}
