import type { CommandClasses } from './decider.js';
import type { AnyEvent, Recorded } from './event.js';
import type { JsonObject } from './json.js';
import { recorded, type Happened } from './testing.js';
import type { AnySaga, FiredTimer, Reaction, RefusedStep, Saga, Step, TimerRequest } from './saga.js';

/** What a specification expects of a reaction; what is left out is expected to be empty. */
export interface ExpectedReaction<State extends JsonObject> {
  readonly state: State;
  readonly steps?: readonly Step[];
  readonly timers?: readonly TimerRequest[];
  readonly cancelledTimers?: readonly string[];
  readonly ended?: boolean;
}

type Outcome = Reaction<JsonObject> | 'compensate' | undefined;

/**
 * given(events), or in(state), then .whenEvent(e), .whenTimer(name, due) or .whenRefused(step) and then .then({state, steps, timers}),
 * .ignores() or .compensates(): for one instance of one saga, without any machinery.
 */
export function specifySaga<
  State extends JsonObject,
  Input extends AnyEvent,
  Commands extends CommandClasses,
  Timer extends string,
>(definition: Saga<State, Input, Commands, Timer>, instance = 'instance-1') {
  const saga: AnySaga = definition;
  const inState = (state: JsonObject) => ({
    whenEvent: (event: Happened<Input>) =>
      expecting<State>(saga, () => react(saga, state, recorded(event, 1000), instance)),
    /** @param at by the clock; the due time unless told */
    whenTimer: (name: Timer, due: string, at = due) => {
      const fired: FiredTimer = { name, due, at };
      return expecting<State>(saga, () => saga.timers[name]?.(state, fired, instance));
    },
    whenRefused: (command: object, refusal: Pick<RefusedStep, 'code'> & Partial<RefusedStep>) => {
      const refused = {
        command: command.constructor.name,
        data: { ...command } as JsonObject,
        message: refusal.code,
        ...refusal,
      };
      return expecting<State>(saga, () =>
        saga.refused ? saga.refused(state, refused, instance) : 'compensate',
      );
    },
  });
  return {
    given: (...history: readonly Happened<Input>[]) =>
      inState(
        history.reduce<JsonObject>(
          (before, event, index) => react(saga, before, recorded(event, index), instance)?.state ?? before,
          saga.initial,
        ),
      ),
    in: (state: State) => inState(state),
    /** The instances that an event concerns. */
    concerns: (event: Happened<Input>) => [saga.id(recorded(event, 0))].flat(),
  };
}

function expecting<State extends JsonObject>(saga: AnySaga, work: () => Outcome) {
  return {
    then: (expected: ExpectedReaction<State>) => expect(shown(saga, work())).toEqual(shown(saga, expected)),
    ignores: () => expect(work()).toBeUndefined(),
    compensates: () => expect(work()).toBe('compensate'),
  };
}

/** In one form, commands with the names of their classes; a command that the saga does not name stands out. */
function shown(saga: AnySaga, outcome: Outcome): unknown {
  if (outcome === undefined || outcome === 'compensate') return outcome;
  const { state, steps = [], timers = [], cancelledTimers = [], ended = false } = outcome;
  const named = (command: object): unknown => {
    const { name } = command.constructor;
    if (saga.commands[name] !== command.constructor) return { undeclared: name };
    return { command: name, data: { ...command } };
  };
  return {
    state,
    steps: steps.map(({ command, compensation }) => ({
      ...(named(command) as object),
      ...(compensation && { compensation: named(compensation) }),
    })),
    timers,
    cancelledTimers,
    ended,
  };
}

function react(
  saga: AnySaga,
  state: JsonObject,
  event: Recorded<AnyEvent>,
  instance: string,
): Reaction<JsonObject> | undefined {
  const rule = saga.on[event.type];
  if (!rule) throw new RangeError(`${saga.name} has no input ${event.type}`);
  return rule(state, event, instance);
}
