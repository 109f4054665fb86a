import { contextOf, command, specify } from '../kernel/testing.js';
import { evolve } from '../kernel/decider.js';
import type { AnyEvent, Recorded } from '../kernel/event.js';
import { event } from '../kernel/event.js';
import { workspaceId } from '../kernel/names.js';
import { saga } from '../kernel/saga.js';
import {
  CancelSaga,
  FireTimer,
  HandleEvent,
  HandleHeldEvent,
  ParkSaga,
  RecordAnswer,
  RetrySaga,
  type StepAnswer,
} from './saga-commands.js';
import { sagaInstances } from './saga-instance.js';
import type { SagaEvent } from './saga-events.js';
import { newInstance, statusOf, type SagaInstance } from './saga-state.js';
import { dueWork, wakeAt } from './saga-work.js';

class Book {
  trip!: string;
}
class Unbook {
  trip!: string;
  cancels?: string;
}
const book = (trip: string) => ({
  command: Object.assign(new Book(), { trip }),
  compensation: Object.assign(new Unbook(), { trip }),
});

const at = '2024-06-12T20:00:00.000Z';
const later = '2024-06-12T21:00:00.000Z';
const instance = 'i1';

const trips = saga<{ seen: number }, { type: 'TripAsked'; data: { trip: string; broken?: boolean } }>()({
  name: 'trips',
  inputs: { TripAsked: event() },
  commands: { Book, Unbook },
  initial: { seen: 0 },
  id: ({ data }) => data.trip,
  on: {
    TripAsked: ({ seen }, { data: { trip, broken = false } }) => {
      if (broken) throw new TypeError('out of paper');
      if (trip === 'nothing') return undefined;
      return {
        state: { seen: seen + 1 },
        steps: [book(`${trip} there`), book(`${trip} back`)],
        timers: [{ name: 'reply', due: later }],
      };
    },
  },
  timers: { reply: (state) => ({ state, ended: true }) },
});

const instances = sagaInstances([trips]);
const to = { saga: 'trips', instance };

function input(position: bigint, data: object = { trip: 'rome' }): Recorded<AnyEvent> {
  return {
    type: 'TripAsked',
    data,
    id: `event-${position}`,
    stream: 'trip-acme.1',
    revision: position,
    position,
    workspace: workspaceId('acme'),
    at,
    actor: 'key:alice',
    commandId: 'c',
    correlationId: 'correlation-1',
    causationId: '',
  };
}

const handle = (position: bigint, data?: object) =>
  command(HandleEvent, { ...to, event: input(position, data) });
const answer = (index: number, given: StepAnswer, revision = '0') =>
  command(RecordAnswer, { ...to, step: { revision, index }, answer: given });
const accepted: StepAnswer = { kind: 'accepted', position: '1' };
const refused: StepAnswer = { kind: 'refused', code: 'trip.full', message: 'it is full', details: {} };
const silent = (attempt: number): StepAnswer => ({ kind: 'unanswered', attempt, reason: 'silence' });

/** What a list of commands decides, one after another, as a process would. */
function carriedOut(...commands: readonly object[]): { events: SagaEvent[]; state: SagaInstance } {
  const rules = specifyRules();
  let state = newInstance;
  const events: SagaEvent[] = [];
  for (const asked of commands)
    for (const decided of rules(asked, state)) {
      events.push(decided);
      state = evolve(instances, state, decided) as SagaInstance;
    }
  return { events, state };
}

function specifyRules() {
  const table: Readonly<
    Record<string, (command: never, state: never, context: never) => readonly SagaEvent[]>
  > = instances.decide;
  return (asked: object, state: SagaInstance): readonly SagaEvent[] =>
    table[asked.constructor.name]!(asked as never, state as never, contextOf({ at: later }) as never);
}

const typesOf = (...commands: readonly object[]) => carriedOut(...commands).events.map(({ type }) => type);

describe('an instance of a saga', () => {
  it('stores what the saga made of an event: its state, its steps, its timers', () => {
    const { events, state } = carriedOut(handle(1n));
    expect(events).toMatchObject([
      {
        type: 'SagaReacted',
        data: {
          cause: { kind: 'event', id: 'event-1', position: '1' },
          state: { seen: 1 },
          steps: [
            { command: 'Book', data: { trip: 'rome there' }, compensation: { command: 'Unbook' } },
            { command: 'Book', data: { trip: 'rome back' } },
          ],
          timers: [{ name: 'reply', due: later }],
          sentWith: { at: later, correlationId: 'correlation-1', causationId: 'command-1' },
        },
      },
    ]);
    expect(dueWork(state, at)).toMatchObject({
      kind: 'step',
      pending: { step: { revision: '0', index: 0 } },
    });
  });

  it('says nothing of an event that it saw, or that is nothing to it', () => {
    expect(typesOf(handle(2n), handle(1n), handle(2n))).toEqual(['SagaReacted']);
    expect(typesOf(handle(1n, { trip: 'nothing' }))).toEqual([]);
  });

  it('sends one step at a time, in order, and forgets the answer of any other', () => {
    expect(typesOf(handle(1n), answer(1, accepted))).toEqual(['SagaReacted']);
    const { state } = carriedOut(handle(1n), answer(0, accepted), answer(0, accepted));
    expect(state.outbox.map(({ step }) => step.index)).toEqual([1]);
    expect(state.done).toHaveLength(1);
  });

  it('undoes what was accepted, and what was refused, the latest first', () => {
    const { events, state } = carriedOut(handle(1n), answer(0, accepted), answer(1, refused));
    expect(events.at(-1)).toMatchObject({
      type: 'CompensationStarted',
      data: {
        outcome: 'failed',
        steps: [
          { command: 'Unbook', data: { trip: 'rome back' }, cancels: { revision: '0', index: 1 } },
          { command: 'Unbook', data: { trip: 'rome there' }, cancels: { revision: '0', index: 0 } },
        ],
      },
    });
    expect(statusOf(state)).toBe('compensating');
    expect(state.outbox[0]?.step).toEqual({ revision: '3', index: 0 });
  });

  it('has failed when all is undone', () => {
    const undone = [answer(0, accepted, '3'), answer(1, accepted, '3')];
    const { state } = carriedOut(handle(1n), answer(0, accepted), answer(1, refused), ...undone);
    expect(statusOf(state)).toBe('failed');
    expect(wakeAt(state)).toBeUndefined();
  });

  it('is parked when a compensation is refused, and sends it again after a retry', () => {
    const stuck = [handle(1n), answer(0, refused), answer(0, refused, '2')];
    expect(statusOf(carriedOut(...stuck).state)).toBe('parked');
    const { state } = carriedOut(...stuck, command(RetrySaga, { ...to, reason: 'mended' }));
    expect(statusOf(state)).toBe('compensating');
    expect(state.outbox[0]).toMatchObject({
      command: 'Unbook',
      step: { revision: '2', index: 0 },
      attempts: 0,
    });
  });

  it('waits longer after each attempt without an answer, and is parked after the third', () => {
    const { events, state } = carriedOut(
      handle(1n),
      answer(0, silent(1)),
      answer(0, silent(1)),
      answer(0, silent(2)),
      answer(0, silent(3)),
    );
    expect(events.slice(1)).toMatchObject([
      { type: 'StepUnanswered', data: { attempt: 1, retryAt: '2024-06-12T21:00:01.000Z' } },
      { type: 'StepUnanswered', data: { attempt: 2, retryAt: '2024-06-12T21:00:02.000Z' } },
      { type: 'StepUnanswered', data: { attempt: 3, retryAt: null } },
      { type: 'SagaParked' },
    ]);
    expect(wakeAt(state)).toBeUndefined();
  });

  it('holds what comes while it is parked, and handles it in order afterwards', () => {
    const parked = [
      handle(1n, { trip: 'rome', broken: true }),
      handle(2n),
      handle(3n, { trip: 'nothing' }),
      handle(2n),
    ];
    expect(typesOf(...parked)).toEqual(['SagaParked', 'EventHeld', 'EventHeld', 'EventHeld']);
    const held = (position: bigint, data?: object) =>
      command(HandleHeldEvent, { ...to, event: input(position, data) });
    const { events, state } = carriedOut(
      ...parked,
      command(RetrySaga, { ...to, reason: 'mended' }),
      held(2n),
      held(1n),
      handle(4n),
      held(2n),
      held(3n, { trip: 'nothing' }),
    );
    expect(events.slice(4).map(({ type }) => type)).toEqual([
      'SagaRetried',
      'SagaReacted',
      'EventHeld',
      'SagaReacted',
      'HeldEventPassed',
    ]);
    expect(state.held.map(({ position }) => position)).toEqual(['4']);
  });

  it('fires a timer that is due and as it was set, once, and remembers what was handled before', () => {
    const fire = command(FireTimer, { ...to, name: 'reply', due: later, appliedTo: 9n });
    const { events, state } = carriedOut(handle(1n), fire, fire);
    expect(events.at(-1)).toMatchObject({ data: { cause: { kind: 'timer', appliedTo: '9' } } });
    expect(events).toHaveLength(2);
    expect(state.handled).toBe('9');
    expect(typesOf(handle(1n), command(FireTimer, { ...to, name: 'reply', due: at }))).toHaveLength(1);
  });

  it('refuses a timer before it is due', () => {
    const [reacted] = carriedOut(handle(1n)).events;
    specify(instances)
      .given(reacted!)
      .when(command(FireTimer, { ...to, name: 'reply', due: later }), { at })
      .rejects('engine.timer-not-due');
  });

  it('waits for nothing after its end but the answers to its steps', () => {
    const fire = command(FireTimer, { ...to, name: 'reply', due: later });
    const { events, state } = carriedOut(handle(1n), fire, handle(2n));
    expect(events).toHaveLength(2);
    expect(statusOf(state)).toBe('running');
    const over = carriedOut(handle(1n), fire, answer(0, accepted), answer(1, accepted));
    expect(statusOf(over.state)).toBe('ended');
  });

  it('cancelled, undoes the step on its way and what was done; asked twice, goes on undoing', () => {
    const cancel = command(CancelSaga, { ...to, reason: 'no more trips' });
    const { events, state } = carriedOut(handle(1n), answer(0, accepted), cancel, cancel);
    expect(events.slice(2).map(({ type }) => type)).toEqual(['SagaCancelled', 'CompensationStarted']);
    expect(state.outbox.map(({ cancels }) => cancels?.index)).toEqual([1, 0]);
    const given = command(CancelSaga, { ...to, reason: 'no more trips', compensate: false });
    expect(statusOf(carriedOut(handle(1n), cancel, given).state)).toBe('cancelled');
  });

  it('is parked with what it could not handle', () => {
    const reference = { id: 'e', type: 'TripAsked', stream: 's', revision: '0', position: '5' };
    const park = command(ParkSaga, { ...to, reason: 'too large', input: reference });
    expect(carriedOut(park, park).state).toMatchObject({ parked: 'too large', held: [reference] });
  });

  it('refuses what speaks of no saga', () => {
    specify(instances)
      .given()
      .when(command(RetrySaga, { ...to, reason: 'x' }))
      .rejects('engine.unknown-saga');
    specify(instances)
      .given()
      .when(command(HandleEvent, { saga: 'none', instance, event: input(1n) }))
      .rejects('engine.unknown-saga');
  });
});
