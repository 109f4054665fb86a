import {
  evolveSaga,
  newInstance,
  partsOfSagaId,
  sagaEvents,
  statusOf,
  timersInOrder,
  wakeAt,
  type SagaEvent,
  type SagaInstance,
  type SagaStatus,
} from '../../domain/engine/contract.js';
import type { Recorded } from '../../domain/kernel/event.js';
import type { JsonObject } from '../../domain/kernel/json.js';
import { parseStreamName } from '../../domain/kernel/names.js';
import { projection } from '../kernel/projection.js';

export interface AwaitedStep {
  readonly command: string;
  /** Attempts so far that ended without an answer. */
  readonly attempts: number;
  /** Absent: it goes out at once, or when the one before it is accepted. */
  readonly nextTryAt?: string;
}

export interface AwaitedTimer {
  readonly name: string;
  readonly due: string;
}

/** An instance of a saga, as people look at it, and as the work list knows it. */
export interface ListedSaga {
  readonly saga: string;
  readonly instance: string;
  readonly status: SagaStatus;
  readonly state: JsonObject;
  readonly waitsFor: {
    /** In the order of sending; only the first is on its way. */
    readonly steps: readonly AwaitedStep[];
    readonly timers: readonly AwaitedTimer[];
    /** Inputs that wait until it goes on. */
    readonly events: number;
  };
  /** When it has something to do of itself next; absent: never. */
  readonly wakeAt?: string;
  /** Why it is parked. */
  readonly reason?: string;
  readonly startedAt: string;
  readonly updatedAt: string;
  readonly correlationId: string;
  /** What the next event is folded onto. */
  readonly folded: SagaInstance;
}

export function listed(
  before: ListedSaga | undefined,
  folded: SagaInstance,
  { stream, at, correlationId }: Pick<Recorded<SagaEvent>, 'stream' | 'at' | 'correlationId'>,
): ListedSaga {
  const wakes = wakeAt(folded);
  return {
    ...partsOfSagaId(parseStreamName(stream)?.id ?? ''),
    status: statusOf(folded),
    state: folded.state ?? {},
    waitsFor: {
      steps: folded.outbox.map(({ command, attempts, retryAt }) => ({
        command,
        attempts,
        ...(retryAt !== null && { nextTryAt: retryAt }),
      })),
      timers: timersInOrder(folded),
      events: folded.held.length,
    },
    ...(wakes !== undefined && { wakeAt: wakes }),
    ...(folded.parked !== null && { reason: folded.parked }),
    startedAt: before?.startedAt ?? at,
    updatedAt: at,
    correlationId: before?.correlationId ?? correlationId,
    folded,
  };
}

type Fold = (before: ListedSaga | undefined, event: Recorded<SagaEvent>) => ListedSaga;

/** The same evolution as the aggregate's own, so that both always agree. */
function folding(type: SagaEvent['type']): Fold {
  const evolve = evolveSaga[type] as (state: SagaInstance, event: SagaEvent) => SagaInstance;
  return (before, event) => listed(before, evolve(before?.folded ?? newInstance, event), event);
}

/** Every instance of every saga: what runs, what each waits for, and when each has something to do. */
export const sagaList = projection<ListedSaga, SagaEvent>({
  name: 'sagas',
  version: 1,
  indexes: [['status'], ['saga'], ['saga', 'status']],
  due: 'wakeAt',
  events: sagaEvents,
  key: ({ stream }) => parseStreamName(stream)?.id ?? '',
  on: {
    SagaReacted: folding('SagaReacted'),
    TimerPassed: folding('TimerPassed'),
    EventHeld: folding('EventHeld'),
    HeldEventPassed: folding('HeldEventPassed'),
    StepAccepted: folding('StepAccepted'),
    StepRefused: folding('StepRefused'),
    StepUnanswered: folding('StepUnanswered'),
    SagaParked: folding('SagaParked'),
    SagaRetried: folding('SagaRetried'),
    SagaCancelled: folding('SagaCancelled'),
    CompensationStarted: folding('CompensationStarted'),
  },
});
