import { invariant } from '../../kernel/errors.js';
import { jobLife } from '../../kernel/job-life.js';
import type {
  CompleteNetting,
  FailNetting,
  InterruptNetting,
  RecordSettlements,
  RetryNetting,
  StartNetting,
} from './commands.js';
import type { StoredObject } from '../stored-object.js';
import type { NettingEvent } from './events.js';

/** How far the settlements of a run are. */
export type RunNetting =
  | { readonly state: 'none' }
  | { readonly state: 'open'; readonly attempts: number; readonly settlements: number }
  | { readonly state: 'completed' }
  | { readonly state: 'failed'; readonly settlements: number };

const life = jobLife<RunNetting>('reconciliation', 'netting', 'none');

type Decided = readonly NettingEvent[];

export function startNetting({ runId }: StartNetting, netting: RunNetting): Decided {
  return [{ type: 'NettingStarted', data: { runId, attempt: life.nextAttempt(runId, netting) } }];
}

export function interruptNetting({ runId }: InterruptNetting, netting: RunNetting): Decided {
  return life.isOpen(netting) ? [{ type: 'NettingInterrupted', data: { runId } }] : [];
}

export function recordSettlements(
  { runId, first, settlements }: RecordSettlements,
  netting: RunNetting,
): Decided {
  if (netting.state === 'completed') return [];
  const { settlements: recorded } = life.open(runId, netting);
  // An earlier attempt, or another worker, netted the same ones: the computation is deterministic.
  if (first < recorded) return [];
  invariant(first === recorded, 'settlements are recorded without gaps', { first, recorded });
  return [{ type: 'SettlementsNetted', data: { runId, first, settlements } }];
}

export function completeNetting({ runId, count, leftOut }: CompleteNetting, netting: RunNetting): Decided {
  if (netting.state === 'completed') return [];
  invariant(
    life.open(runId, netting).settlements === count,
    'every settlement is recorded before the completion',
  );
  return [{ type: 'NettingCompleted', data: { runId, count, leftOut } }];
}

export function failNetting({ runId, reason }: FailNetting, netting: RunNetting): Decided {
  if (netting.state === 'failed') return [];
  life.open(runId, netting);
  return [{ type: 'NettingFailed', data: { runId, reason } }];
}

/** @param trades what there is to net, as at first */
export function retryNetting(
  { runId }: RetryNetting,
  netting: RunNetting,
  trades: StoredObject | undefined,
): Decided {
  if (netting.state === 'failed' && trades) return [{ type: 'NettingRequested', data: { runId, trades } }];
  life.open(runId, netting);
  return [];
}

export function evolveNetting(before: RunNetting, event: NettingEvent): RunNetting {
  if (event.type === 'NettingRequested')
    return { state: 'open', attempts: 0, settlements: before.state === 'failed' ? before.settlements : 0 };
  if (before.state !== 'open') return before;
  switch (event.type) {
    case 'NettingStarted':
      return life.begun(before, event.data.attempt);
    case 'NettingInterrupted':
      return life.interrupted(before);
    case 'SettlementsNetted':
      return { ...before, settlements: before.settlements + event.data.settlements.length };
    case 'NettingCompleted':
      return { state: 'completed' };
    case 'NettingFailed':
      return { state: 'failed', settlements: before.settlements };
  }
}
