import { ApplyToBreak } from '../breaks/commands.js';
import type { BreakAction } from '../breaks/events.js';
import { builtInPolicy } from '../breaks/policy-table.js';
import { saga, type Step } from '../../kernel/saga.js';
import { handMatchEvents, type HandMatchEvent } from './events.js';

type Nothing = Readonly<Record<string, never>>;

/** Clears the breaks of records that were matched by hand, and opens them again when that is undone. */
export const handMatchSaga = saga<Nothing, HandMatchEvent>()({
  name: 'handMatch',
  inputs: handMatchEvents,
  commands: { ApplyToBreak },
  initial: {},
  id: ({ data }) => data.matchId,
  on: {
    RecordsMatchedByHand: (state, { data }) => ({
      state,
      steps: stepsOf(data, data.matchId, { kind: 'clear', byRun: data.runId }),
    }),
    HandMatchUndone: (state, { data }) => ({
      state,
      steps: stepsOf(data, `${data.matchId}.undone`, { kind: 'restore', reason: data.reason }),
      ended: true,
    }),
  },
  timers: {},
});

/** @param bulkId so that each break answers once */
function stepsOf(
  { runId, matchId, breaks, by, breakPolicy: policy = builtInPolicy }: HandMatchEvent['data'],
  bulkId: string,
  action: BreakAction,
): readonly Step[] {
  const clearing = { byRun: runId, how: 'hand', handMatch: matchId } as const;
  return breaks.map((terms) => ({
    command: Object.assign(new ApplyToBreak(), {
      breakId: terms.breakId,
      terms,
      bulkId,
      by,
      action,
      policy,
      clearing,
    }),
  }));
}
