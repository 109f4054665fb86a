import type { CommandClasses } from './decider.js';
import type { AnyEvent, EventDefinition, Recorded } from './event.js';
import type { JsonObject } from './json.js';

/**
 * A command that a saga sends, until it is answered (rule S1). Every attempt has the same id and the same `at`, that of
 * the reaction, so that all of them decide alike on the same state.
 */
export interface Step {
  readonly command: object;
  /**
   * Undoes it, should a later step be refused. Its field `cancels` is filled in with the id of the command that it
   * cancels, and its aggregate must append an event that names that id (rule S2).
   */
  readonly compensation?: object;
}

/** Wakes an instance. One name is one timer: set again, it is moved. */
export interface TimerRequest<Name extends string = string> {
  readonly name: Name;
  /** RFC 3339, UTC, milliseconds. Past already: it fires at once. */
  readonly due: string;
}

/** What a saga makes of an event, a timer or a refusal. */
export interface Reaction<State extends JsonObject, Timer extends string = string> {
  readonly state: State;
  /** Sent in this order, each after the one before was accepted. */
  readonly steps?: readonly Step[];
  readonly timers?: readonly TimerRequest<Timer>[];
  readonly cancelledTimers?: readonly Timer[];
  /**
   * Nothing is waited for any more but the answers to its steps; later events and timers of the instance are passed
   * over.
   */
  readonly ended?: boolean;
}

export interface FiredTimer<Name extends string = string> {
  readonly name: Name;
  readonly due: string;
  /** By the clock, never before `due`. */
  readonly at: string;
}

/** A command that its aggregate refused, for good. */
export interface RefusedStep {
  /** Name of its class. */
  readonly command: string;
  readonly data: JsonObject;
  readonly code: string;
  readonly message: string;
}

/** How often, and after what rests, a step is tried that ended without an answer. */
export interface RetryPolicy {
  /** In all; 3 by default. Then the instance is parked. */
  readonly attempts: number;
  /** Milliseconds before the second attempt, doubled each time; 1,000 by default. */
  readonly firstPauseMs: number;
  /** 30,000 by default. */
  readonly longestPauseMs: number;
}

export const defaultRetryPolicy: RetryPolicy = { attempts: 3, firstPauseMs: 1000, longestPauseMs: 30_000 };

/**
 * A decider whose inputs are events and whose outputs are commands and timers: pure, as all of the domain. What an
 * instance decided is an event of its own stream, which holds its new state, its steps and its timers.
 */
export interface Saga<
  State extends JsonObject,
  Input extends AnyEvent,
  Commands extends CommandClasses = CommandClasses,
  Timer extends string = string,
> {
  /** lowerCamelCase; first part of its instances' ids. */
  readonly name: string;
  readonly inputs: { readonly [Type in Input['type']]: EventDefinition };
  /** Every class of command that it sends, compensations included, by its name. */
  readonly commands: Commands;
  readonly initial: State;
  /** The instances that an event concerns, within its workspace. */
  readonly id: { bivariant(event: Recorded<Input>): string | readonly string[] }['bivariant'];
  /** Undefined: the event is nothing to this instance. */
  readonly on: {
    readonly [Type in Input['type']]: {
      bivariant(
        state: State,
        event: Recorded<Extract<Input, { type: Type }>>,
        id: string,
      ): Reaction<State, Timer> | undefined;
    }['bivariant'];
  };
  readonly timers: {
    readonly [Name in Timer]: {
      bivariant(state: State, fired: FiredTimer<Name>, id: string): Reaction<State, Timer> | undefined;
    }['bivariant'];
  };
  /**
   * After a refusal, which leaves the rest of its reaction's steps unsent. Without it, and where it answers
   * `compensate`, everything accepted so far is undone in reverse order, and the instance ends; the refused step's own
   * compensation goes first, since a copy of its command may still be on its way from a process that slept.
   */
  readonly refused?: {
    bivariant(state: State, refused: RefusedStep, id: string): Reaction<State, Timer> | 'compensate';
  }['bivariant'];
  readonly retry?: Partial<RetryPolicy>;
}

/** Called twice, so that commands and timers are inferred from the object itself. */
export function saga<State extends JsonObject, Input extends AnyEvent>() {
  return <const Commands extends CommandClasses, const Timer extends string = never>(
    definition: Saga<State, Input, Commands, Timer>,
  ): Saga<State, Input, Commands, Timer> => definition;
}

/** A saga whose types were checked where it was written: what machinery that serves all of them takes. */
export interface AnySaga {
  readonly name: string;
  readonly inputs: Readonly<Record<string, EventDefinition>>;
  readonly commands: CommandClasses;
  readonly initial: JsonObject;
  id(event: Recorded<AnyEvent>): string | readonly string[];
  readonly on: Readonly<Record<string, ReactToEvent>>;
  readonly timers: Readonly<Record<string, ReactToTimer>>;
  readonly refused?: ReactToRefusal;
  readonly retry?: Partial<RetryPolicy>;
}
type ReactToEvent = {
  bivariant(state: JsonObject, event: Recorded<AnyEvent>, id: string): Reaction<JsonObject> | undefined;
}['bivariant'];
type ReactToTimer = {
  bivariant(state: JsonObject, fired: FiredTimer, id: string): Reaction<JsonObject> | undefined;
}['bivariant'];
type ReactToRefusal = {
  bivariant(state: JsonObject, refused: RefusedStep, id: string): Reaction<JsonObject> | 'compensate';
}['bivariant'];
