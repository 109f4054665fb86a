import { messageOf } from '../kernel/errors.js';
import type { AnyEvent, CommandContext, Recorded } from '../kernel/event.js';
import type { JsonObject } from '../kernel/json.js';
import type { AnySaga, Reaction } from '../kernel/saga.js';
import type {
  CompensationStep,
  InputReference,
  ReactionCause,
  SagaEvent,
  SentWith,
  StoredCommand,
} from './saga-events.js';
import type { PendingStep, Refusal, SagaInstance } from './saga-state.js';

const instantPattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

/** Where an input stands in the log, to be found there again. */
export function referenceTo({ id, type, stream, revision, position }: Recorded<AnyEvent>): InputReference {
  return { id, type, stream, revision: revision.toString(), position: position.toString() };
}

/**
 * What follows from a saga's own code: the event of its reaction, or, should that code fail, of being parked.
 *
 * @param react the saga's code; undefined: it was nothing to it
 * @param passed what is recorded then
 */
export function reacted(
  saga: AnySaga,
  cause: ReactionCause,
  context: CommandContext,
  react: () => Reaction<JsonObject> | undefined,
  passed: readonly SagaEvent[] = [],
): readonly SagaEvent[] {
  try {
    const reaction = react();
    return reaction ? [eventOf(saga, cause, context, reaction)] : passed;
  } catch (fault) {
    return [parked(fault)];
  }
}

/** What follows from a refusal that the instance knows of. */
export function reactedToRefusal(
  saga: AnySaga,
  instance: SagaInstance,
  refusal: Refusal,
  id: string,
  context: CommandContext,
): readonly SagaEvent[] {
  const { command, data, code, message, step } = refusal;
  try {
    const reaction =
      saga.refused?.(instance.state ?? saga.initial, { command, data, code, message }, id) ?? 'compensate';
    if (reaction === 'compensate') return [compensation(instance, 'failed', context)];
    return [eventOf(saga, { kind: 'refusal', step }, context, reaction)];
  } catch (fault) {
    return [parked(fault)];
  }
}

/** Undoes everything that was done, and what may have been sent, the latest first (rule S2). */
export function compensation(
  { outbox: [mayBeSent], done }: SagaInstance,
  outcome: 'failed' | 'cancelled',
  context: CommandContext,
): SagaEvent {
  const undo = (step: PendingStep['step'], stored: StoredCommand): CompensationStep => ({
    ...stored,
    cancels: step,
  });
  const steps = done.map(({ step, compensation }) => undo(step, compensation)).reverse();
  if (mayBeSent?.compensation) steps.unshift(undo(mayBeSent.step, mayBeSent.compensation));
  return { type: 'CompensationStarted', data: { outcome, steps, sentWith: sentWith(context) } };
}

export function parked(fault: unknown): SagaEvent {
  return { type: 'SagaParked', data: { reason: `the saga's own code failed: ${messageOf(fault)}` } };
}

/** @throws RangeError for a reaction that names what the saga does not have */
function eventOf(
  saga: AnySaga,
  cause: ReactionCause,
  context: CommandContext,
  { state, steps = [], timers = [], cancelledTimers = [], ended = false }: Reaction<JsonObject>,
): SagaEvent {
  for (const { name, due } of timers) {
    if (!Object.hasOwn(saga.timers, name)) throw new RangeError(`${saga.name} has no timer ${name}`);
    if (!instantPattern.test(due) || Number.isNaN(Date.parse(due)))
      throw new RangeError(
        `the timer ${name} is due at "${due}", which is no moment in UTC with milliseconds`,
      );
  }
  return {
    type: 'SagaReacted',
    data: {
      cause,
      state,
      steps: steps.map(({ command, compensation }) => ({
        ...stored(saga, command),
        ...(compensation && { compensation: stored(saga, compensation) }),
      })),
      timers: timers.map(({ name, due }) => ({ name, due })),
      cancelledTimers,
      ended,
      sentWith: sentWith(context),
    },
  };
}

function stored(saga: AnySaga, command: object): StoredCommand {
  const { name } = command.constructor;
  if (!Object.hasOwn(saga.commands, name) || saga.commands[name] !== command.constructor)
    throw new RangeError(`${saga.name} does not say that it sends ${name}`);
  return { command: name, data: { ...command } };
}

function sentWith({ at, correlationId, commandId }: CommandContext): SentWith {
  return { at, correlationId, causationId: commandId };
}
