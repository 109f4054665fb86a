import type { RunEvent } from '../../domain/reconciliation/contract.js';

/** A step of a run, as whoever waits for it is told. */
export interface RunStep {
  readonly step: string;
  readonly [detail: string]: string | number | Readonly<Record<string, unknown>>;
}

/** What an event says to whoever waits for a run. */
export function stepOf({ type, data }: RunEvent): RunStep {
  switch (type) {
    case 'RunRequested':
      return { step: 'accepted' };
    case 'RunStarted':
      return { step: 'running', attempt: data.attempt };
    case 'RunInterrupted':
      return { step: 'interrupted' };
    case 'BreaksFound':
      return { step: 'breaks-found', breaks: data.first + data.breaks.length };
    case 'RunCompleted':
      return { step: 'completed', counts: { ...data.counts } };
    case 'RunFailed':
      return { step: 'failed', reason: data.reason };
    case 'RunBecameStale':
      return { step: 'stale', uploadId: data.uploadId, reason: data.withdrawal.reason };
    case 'RecordsMatchedByHand':
      return { step: 'matched-by-hand', matchId: data.matchId };
    case 'HandMatchUndone':
      return { step: 'hand-match-undone', matchId: data.matchId };
    case 'MatchUnmade':
      return { step: 'match-unmade', match: data.match };
    case 'NettingRequested':
      return { step: 'netting-requested' };
    case 'NettingStarted':
      return { step: 'netting' };
    case 'NettingInterrupted':
      return { step: 'netting-interrupted' };
    case 'SettlementsNetted':
      return { step: 'settlements-netted', settlements: data.first + data.settlements.length };
    case 'NettingCompleted':
      return { step: 'netting-completed', settlements: data.count };
    case 'NettingFailed':
      return { step: 'netting-failed', reason: data.reason };
  }
}

const nettingEnds: Readonly<Record<string, boolean>> = {
  'netting-requested': false,
  'netting-completed': true,
  'netting-failed': true,
};

/** Whether a run still has something to do after these steps. */
export function isUnderWay(steps: readonly Pick<RunStep, 'step'>[]): boolean {
  const names = new Set(steps.map(({ step }) => step));
  if (names.has('failed')) return false;
  if (!names.has('completed')) return true;
  // One that failed may have been asked for again.
  const netting = steps.findLast(({ step }) => step in nettingEnds);
  return netting !== undefined && !nettingEnds[netting.step];
}
