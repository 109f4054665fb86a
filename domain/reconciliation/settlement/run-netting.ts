import { invariant, Rejected } from '../../kernel/errors.js';
import { nextAttempt, withoutAttempt } from '../attempts.js';
import type {
  CompleteNetting,
  FailNetting,
  InterruptNetting,
  RecordSettlements,
  StartNetting,
} from './commands.js';
import type { NettingEvent } from './events.js';

/** How far the settlements of a run are. */
export type RunNetting =
  | { readonly state: 'none' }
  | { readonly state: 'open'; readonly attempts: number; readonly settlements: number }
  | { readonly state: 'completed' }
  | { readonly state: 'failed' };

type Decided = readonly NettingEvent[];

export function startNetting({ runId }: StartNetting, netting: RunNetting): Decided {
  if (netting.state !== 'open') throw notOpen(runId, netting);
  const attempt = nextAttempt('the netting', netting.attempts);
  return [{ type: 'NettingStarted', data: { runId, attempt } }];
}

export function interruptNetting({ runId }: InterruptNetting, { state }: RunNetting): Decided {
  return state === 'open' ? [{ type: 'NettingInterrupted', data: { runId } }] : [];
}

export function recordSettlements(
  { runId, first, settlements }: RecordSettlements,
  netting: RunNetting,
): Decided {
  if (netting.state === 'completed') return [];
  if (netting.state !== 'open') throw notOpen(runId, netting);
  // An earlier attempt, or another worker, netted the same ones: the computation is deterministic.
  if (first < netting.settlements) return [];
  invariant(first === netting.settlements, 'settlements are recorded without gaps', {
    first,
    recorded: netting.settlements,
  });
  return [{ type: 'SettlementsNetted', data: { runId, first, settlements } }];
}

export function completeNetting({ runId, count, leftOut }: CompleteNetting, netting: RunNetting): Decided {
  if (netting.state === 'completed') return [];
  if (netting.state !== 'open') throw notOpen(runId, netting);
  invariant(netting.settlements === count, 'every settlement is recorded before the completion');
  return [{ type: 'NettingCompleted', data: { runId, count, leftOut } }];
}

export function failNetting({ runId, reason }: FailNetting, netting: RunNetting): Decided {
  if (netting.state === 'failed') return [];
  if (netting.state !== 'open') throw notOpen(runId, netting);
  return [{ type: 'NettingFailed', data: { runId, reason } }];
}

export function evolveNetting(before: RunNetting, event: NettingEvent): RunNetting {
  if (event.type === 'NettingRequested') return { state: 'open', attempts: 0, settlements: 0 };
  if (before.state !== 'open') return before;
  switch (event.type) {
    case 'NettingStarted':
      return { ...before, attempts: event.data.attempt };
    case 'NettingInterrupted':
      return { ...before, attempts: withoutAttempt(before.attempts) };
    case 'SettlementsNetted':
      return { ...before, settlements: before.settlements + event.data.settlements.length };
    case 'NettingCompleted':
      return { state: 'completed' };
    case 'NettingFailed':
      return { state: 'failed' };
  }
}

function notOpen(runId: string, { state }: RunNetting): Rejected {
  return state === 'none'
    ? new Rejected('reconciliation.nothing-to-net', `run ${runId} does not settle, or is not completed`)
    : new Rejected('reconciliation.netting-finished', `the netting of run ${runId} has ${state} already`);
}
