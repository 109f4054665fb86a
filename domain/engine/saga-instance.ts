import { decider, type Decider } from '../kernel/decider.js';
import { Rejected } from '../kernel/errors.js';
import type { CommandContext } from '../kernel/event.js';
import { defaultRetryPolicy, type AnySaga, type RetryPolicy } from '../kernel/saga.js';
import {
  CancelSaga,
  FireTimer,
  HandleEvent,
  HandleHeldEvent,
  ParkSaga,
  RecordAnswer,
  RetrySaga,
  type ToSaga,
} from './saga-commands.js';
import { sagaEvents, type SagaEvent } from './saga-events.js';
import { compensation, reacted, reactedToRefusal, referenceTo } from './saga-reaction.js';
import {
  awaited,
  evolveSaga,
  hasSeen,
  isOver,
  newInstance,
  type PendingStep,
  type SagaInstance,
} from './saga-state.js';

export const sagaCategory = 'saga';

const sagaCommands = {
  HandleEvent,
  HandleHeldEvent,
  FireTimer,
  RecordAnswer,
  ParkSaga,
  RetrySaga,
  CancelSaga,
};

export type SagaInstances = Decider<SagaInstance, SagaEvent, typeof sagaCommands>;

/** The id of an instance's stream, of its document, and of its part in a command's id. */
export function sagaId({ saga, instance }: Pick<ToSaga, 'saga' | 'instance'>): string {
  return `${saga}/${instance}`;
}

/** The parts of what `sagaId` made: a saga's name holds no stroke. */
export function partsOfSagaId(id: string): { readonly saga: string; readonly instance: string } {
  const stroke = id.indexOf('/');
  return { saga: id.slice(0, stroke), instance: id.slice(stroke + 1) };
}

const strayPrefix = 'stray:';

/** Stands for an input whose instance could not be told or reached, so that it is seen and can be retried. */
export function strayInstance(eventId: string): string {
  return `${strayPrefix}${eventId}`;
}

export function isStray(instance: string): boolean {
  return instance.startsWith(strayPrefix);
}

/**
 * The instances of all sagas, as one decider: pure, so that whoever meets a conflict decides again. What an instance
 * decided is stored with its state, so a saga's code may change without another meaning of what it decided before.
 */
export function sagaInstances(sagas: readonly AnySaga[]): SagaInstances {
  const byName = new Map(sagas.map((saga) => [saga.name, saga]));
  if (byName.size !== sagas.length) throw new RangeError('two sagas have the same name');
  const sagaOf = ({ saga }: ToSaga): AnySaga => {
    const found = byName.get(saga);
    if (!found) throw new Rejected('engine.unknown-saga', `there is no saga ${saga}`);
    return found;
  };
  return decider<SagaInstance, SagaEvent>()({
    category: sagaCategory,
    events: sagaEvents,
    commands: sagaCommands,
    id: sagaId,
    initial: newInstance,

    decide: {
      HandleEvent: (command, before, context) => {
        const { event, instance, late = false } = command;
        if (before.outcome !== null || (!late && hasSeen(before, event.position))) return [];
        const reference = referenceTo(event);
        const hold: SagaEvent = { type: 'EventHeld', data: reference };
        if (before.parked !== null || before.held.length > 0) return [hold];
        const saga = sagaOf(command);
        const events = reacted(saga, { kind: 'event', ...reference }, context, () =>
          saga.on[event.type]?.(before.state ?? saga.initial, event, instance),
        );
        return parks(events) ? [...events, hold] : events;
      },

      HandleHeldEvent: (command, before, context) => {
        const { event, instance } = command;
        const position = event.position.toString();
        if (before.parked !== null || before.held[0]?.position !== position) return [];
        const saga = sagaOf(command);
        const react = isStray(instance)
          ? () => ({ state: {}, ended: true })
          : () => saga.on[event.type]?.(before.state ?? saga.initial, event, instance);
        return reacted(saga, { kind: 'event', ...referenceTo(event) }, context, react, [
          { type: 'HeldEventPassed', data: { position } },
        ]);
      },

      FireTimer: (command, before, context) => {
        const { name, due, instance } = command;
        const waits = before.parked === null && before.outcome === null && before.held.length === 0;
        if (!waits || before.timers[name] !== due) return [];
        if (due > context.at)
          throw new Rejected('engine.timer-not-due', `the timer ${name} is due at ${due}`, { due });
        const saga = sagaOf(command);
        const appliedTo = command.appliedTo?.toString() ?? null;
        return reacted(
          saga,
          { kind: 'timer', name, due, appliedTo },
          context,
          () => {
            const react = saga.timers[name];
            if (!react) throw new RangeError(`${saga.name} has no timer ${name} any more`);
            return react(before.state ?? saga.initial, { name, due, at: context.at }, instance);
          },
          [{ type: 'TimerPassed', data: { name, due, appliedTo } }],
        );
      },

      RecordAnswer: (command, before, context) => {
        const pending = awaited(before, command.step);
        if (!pending || before.parked !== null) return [];
        return answered(sagaOf(command), command, pending, before, context);
      },

      ParkSaga: ({ reason, input }, before) => {
        if (before.outcome !== null && before.outbox.length === 0) return [];
        const held: readonly SagaEvent[] =
          input && before.outcome === null && !hasSeen(before, BigInt(input.position))
            ? [{ type: 'EventHeld', data: input }]
            : [];
        return before.parked === null ? [{ type: 'SagaParked', data: { reason } }, ...held] : held;
      },

      RetrySaga: (command, before, context) => {
        if (before.events === 0) throw unknownInstance(command);
        if (before.parked === null)
          throw new Rejected('engine.saga-not-parked', `${sagaId(command)} is not parked`);
        const saga = sagaOf(command);
        const retried: SagaEvent = { type: 'SagaRetried', data: { reason: command.reason } };
        const { refusal } = before;
        return refusal
          ? [retried, ...reactedToRefusal(saga, before, refusal, command.instance, context)]
          : [retried];
      },

      CancelSaga: (command, before, context) => {
        if (before.events === 0) throw unknownInstance(command);
        if (before.outcome === 'cancelled' && !before.compensating) return [];
        // It is being undone already, and asking twice must not stop that.
        if (before.compensating && command.compensate !== false && !isOver(before)) return [];
        if (isOver(before))
          throw new Rejected(
            'engine.saga-over',
            `${sagaId(command)} is over: it has ${before.outcome ?? ''}`,
          );
        const cancelled: SagaEvent = { type: 'SagaCancelled', data: { reason: command.reason } };
        // What undoes already is not undone: it can only be given up.
        if (command.compensate === false || before.compensating) return [cancelled];
        return [cancelled, compensation(before, 'cancelled', context)];
      },
    },

    evolve: evolveSaga,
  });
}

function answered(
  saga: AnySaga,
  { answer, step, instance }: RecordAnswer,
  pending: PendingStep,
  before: SagaInstance,
  context: CommandContext,
): readonly SagaEvent[] {
  switch (answer.kind) {
    case 'accepted':
      return [{ type: 'StepAccepted', data: { step, position: answer.position } }];

    case 'unanswered': {
      if (answer.attempt !== pending.attempts + 1) return [];
      const policy: RetryPolicy = { ...defaultRetryPolicy, ...saga.retry };
      const { attempt, reason } = answer;
      if (attempt < policy.attempts) {
        const pauseMs = Math.min(policy.firstPauseMs * 2 ** (attempt - 1), policy.longestPauseMs);
        const retryAt = new Date(Date.parse(context.at) + pauseMs).toISOString();
        return [{ type: 'StepUnanswered', data: { step, attempt, reason, retryAt } }];
      }
      return [
        { type: 'StepUnanswered', data: { step, attempt, reason, retryAt: null } },
        {
          type: 'SagaParked',
          data: { reason: `${pending.command} stayed without an answer ${attempt} times: ${reason}` },
        },
      ];
    }

    case 'refused': {
      const { code, message, details } = answer;
      const refused = { step, code, message, details };
      const event = { type: 'StepRefused', data: refused } as const;
      if (before.compensating)
        return [
          event,
          {
            type: 'SagaParked',
            data: { reason: `the compensation ${pending.command} was refused: ${message}` },
          },
        ];
      const after = evolveSaga.StepRefused(before, event);
      if (!after.refusal) return [event];
      return [event, ...reactedToRefusal(saga, after, after.refusal, instance, context)];
    }
  }
}

const parks = (events: readonly SagaEvent[]): boolean => events.some(({ type }) => type === 'SagaParked');

function unknownInstance(command: ToSaga): Rejected {
  return new Rejected('engine.unknown-saga', `there is no saga ${sagaId(command)}`);
}
