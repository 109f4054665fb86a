import type { Decider } from '../kernel/decider.js';
import type { ErrorDetails } from '../kernel/errors.js';
import type { JsonObject } from '../kernel/json.js';
import type {
  InputReference,
  SagaEvent,
  SentWith,
  StepReference,
  StoredCommand,
  StoredStep,
} from './saga-events.js';

/** A step that has no answer yet. */
export interface PendingStep extends StoredStep {
  readonly step: StepReference;
  /** Of a compensation: the step that it cancels. */
  readonly cancels?: StepReference;
  /** Attempts that ended without an answer since it was last begun anew. */
  readonly attempts: number;
  /** Null: at once. */
  readonly retryAt: string | null;
  readonly sentWith: SentWith;
}

/** A step that has to be undone, should the saga fail. */
export interface UndoableStep {
  readonly step: StepReference;
  readonly compensation: StoredCommand;
}

export interface Refusal extends StoredCommand {
  readonly step: StepReference;
  readonly code: string;
  readonly message: string;
  readonly details: ErrorDetails;
}

export type SagaOutcome = 'ended' | 'failed' | 'cancelled';
export type SagaStatus = 'unknown' | 'running' | 'parked' | 'compensating' | SagaOutcome;

/** One instance of a saga, as its stream tells. JSON throughout. */
export interface SagaInstance {
  /** How many events its stream holds: the revision of the next one. */
  readonly events: number;
  /** That of what began it; null before its first reaction. */
  readonly correlationId: string | null;
  /** The saga's own state; null before its first reaction. */
  readonly state: JsonObject | null;
  /** Decimal position: inputs up to here were handled or are held. */
  readonly handled: string | null;
  readonly held: readonly InputReference[];
  /** In the order of sending; only the first may have been sent. */
  readonly outbox: readonly PendingStep[];
  readonly done: readonly UndoableStep[];
  /** When each is due, by its name. */
  readonly timers: Readonly<Record<string, string>>;
  /** A refusal that the saga has not reacted to. */
  readonly refusal: Refusal | null;
  /** Nothing is waited for any more but the answers to what is in the outbox. */
  readonly outcome: SagaOutcome | null;
  readonly compensating: boolean;
  /** Why it is parked; null while it is not. */
  readonly parked: string | null;
}

export const newInstance: SagaInstance = {
  events: 0,
  correlationId: null,
  state: null,
  handled: null,
  held: [],
  outbox: [],
  done: [],
  timers: {},
  refusal: null,
  outcome: null,
  compensating: false,
  parked: null,
};

export function statusOf({
  events,
  parked,
  outcome,
  outbox,
  refusal,
  compensating,
}: SagaInstance): SagaStatus {
  if (events === 0) return 'unknown';
  if (parked !== null) return 'parked';
  if (outcome !== null && outbox.length === 0 && refusal === null) return outcome;
  return compensating ? 'compensating' : 'running';
}

/** True when nothing will ever happen to it again. */
export function isOver(instance: SagaInstance): boolean {
  return ['ended', 'failed', 'cancelled'].includes(statusOf(instance));
}

/** True when an input at `position` was handled before, or is held. */
export function hasSeen({ handled }: SagaInstance, position: bigint): boolean {
  return handled !== null && position <= BigInt(handled);
}

const sameStep = (one: StepReference, other: StepReference): boolean =>
  one.revision === other.revision && one.index === other.index;

/** The pending step, if it is the one whose answer is awaited. */
export function awaited({ outbox }: SagaInstance, step: StepReference): PendingStep | undefined {
  const [first] = outbox;
  return first && sameStep(first.step, step) ? first : undefined;
}

function furthest(handled: string | null, position: string | null): string | null {
  if (handled === null || position === null) return handled ?? position;
  return BigInt(position) > BigInt(handled) ? position : handled;
}

function withoutTimers(
  timers: Readonly<Record<string, string>>,
  names: readonly string[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(timers).filter(([name]) => !names.includes(name)));
}

/** Every event of the stream counts, so that `events` is the next revision. */
function then(before: SagaInstance, changes: Partial<SagaInstance>): SagaInstance {
  return { ...before, ...changes, events: before.events + 1 };
}

type Evolve = Decider<SagaInstance, SagaEvent>['evolve'];

export const evolveSaga: Evolve = {
  SagaReacted: (before, { data }) => {
    const { cause } = data;
    const fired = cause.kind === 'timer' ? [cause.name] : [];
    const position =
      cause.kind === 'event' ? cause.position : cause.kind === 'timer' ? cause.appliedTo : null;
    const revision = before.events.toString();
    const steps = data.steps.map((step, index): PendingStep => {
      const reference = { revision, index };
      return { ...step, step: reference, attempts: 0, retryAt: null, sentWith: data.sentWith };
    });
    const left = withoutTimers(before.timers, [...fired, ...data.cancelledTimers]);
    const set = Object.fromEntries(data.timers.map(({ name, due }) => [name, due] as const));
    const over = data.ended || before.outcome !== null;
    const held = before.held.filter((one) => cause.kind !== 'event' || one.position !== cause.position);
    return then(before, {
      correlationId: before.correlationId ?? data.sentWith.correlationId,
      state: data.state,
      handled: furthest(before.handled, position),
      held: over ? [] : held,
      outbox: [...before.outbox, ...steps],
      timers: over ? {} : { ...left, ...set },
      refusal: cause.kind === 'refusal' ? null : before.refusal,
      outcome: before.outcome ?? (data.ended ? 'ended' : null),
    });
  },

  TimerPassed: (before, { data }) =>
    then(before, {
      timers: withoutTimers(before.timers, [data.name]),
      handled: furthest(before.handled, data.appliedTo),
    }),

  EventHeld: (before, { data }) =>
    then(before, { held: [...before.held, data], handled: furthest(before.handled, data.position) }),

  HeldEventPassed: (before, { data }) =>
    then(before, { held: before.held.filter(({ position }) => position !== data.position) }),

  StepAccepted: (before, { data }) => {
    const answered = awaited(before, data.step);
    const undoable =
      answered?.compensation && !before.compensating
        ? [{ step: answered.step, compensation: answered.compensation }]
        : [];
    return then(before, { outbox: before.outbox.slice(1), done: [...before.done, ...undoable] });
  },

  StepRefused: (before, { data }) => {
    const refused = awaited(before, data.step);
    // A refused compensation stays: somebody has to see to it, and then it is sent again.
    if (!refused || before.compensating) return then(before, {});
    const { command, compensation } = refused;
    // Another process may send it still, late: what can be cancelled is.
    const undoable = compensation ? [{ step: refused.step, compensation }] : [];
    return then(before, {
      outbox: before.outbox.filter(({ step }) => step.revision !== refused.step.revision),
      done: [...before.done, ...undoable],
      refusal: { ...data, command, data: refused.data },
    });
  },

  StepUnanswered: (before, { data }) => {
    const [first, ...rest] = before.outbox;
    return then(before, {
      outbox: first ? [{ ...first, attempts: data.attempt, retryAt: data.retryAt }, ...rest] : [],
    });
  },

  SagaParked: (before, { data }) => then(before, { parked: data.reason }),

  SagaRetried: (before) => {
    const [first, ...rest] = before.outbox;
    return then(before, {
      parked: null,
      outbox: first ? [{ ...first, attempts: 0, retryAt: null }, ...rest] : [],
    });
  },

  SagaCancelled: (before) =>
    then(before, {
      parked: null,
      held: [],
      outbox: [],
      timers: {},
      refusal: null,
      outcome: 'cancelled',
    }),

  CompensationStarted: (before, { data }) => {
    const revision = before.events.toString();
    return then(before, {
      held: [],
      outbox: data.steps.map((step, index) => {
        const reference = { revision, index };
        return { ...step, step: reference, attempts: 0, retryAt: null, sentWith: data.sentWith };
      }),
      done: [],
      timers: {},
      refusal: null,
      outcome: data.outcome,
      compensating: true,
    });
  },
};
