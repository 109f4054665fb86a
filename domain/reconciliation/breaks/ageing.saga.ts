import { saga } from '../../kernel/saga.js';
import { runEvents, type RunEvent } from '../runs/events.js';
import { RequestRunBulk } from './commands.js';
import { builtInPolicy, type BreakPolicy } from './policy-table.js';
import { unmadeName } from '../unmade-matches/unmade-match.saga.js';

type Input = Extract<RunEvent, { type: 'RunCompleted' | 'MatchUnmade' }>;

/** The object that names the breaks of a run or of an unmade match, and by what they are judged, as JSON; empty until there are some. */
interface Ageing {
  readonly [field: string]: string | number;
  readonly found: string;
  readonly foundAt: string;
  readonly policy: string;
  /** The run that found them; left out of an instance that is named after it. */
  readonly ofRun?: string;
  /** Of the step of the policy that is waited for. */
  readonly step: number;
}

const dayMs = 24 * 60 * 60 * 1000;

/**
 * What a completed run sets going: it clears breaks of earlier runs, or takes that back, and its own come of age. One
 * instance and one timer for a whole run, however many breaks it has, and for each match of it that is unmade; which of
 * them are still open, each break knows.
 */
export const breakAgeingSaga = saga<Ageing, Input>()({
  name: 'breakAgeing',
  inputs: { RunCompleted: runEvents.RunCompleted, MatchUnmade: runEvents.MatchUnmade },
  commands: { RequestRunBulk },
  initial: { found: '', foundAt: '', policy: '', step: 0 },
  id: ({ type, data }) => (type === 'MatchUnmade' ? unmadeName(data) : data.runId),

  on: {
    RunCompleted: (_state, { data: { runId, manifest, breakPolicy = builtInPolicy }, at }) => {
      const { breaks, cleared, restored, standing } = manifest;
      const clears = cleared !== undefined && cleared.rows > 0;
      const ages = breaks.rows > 0 && standing !== undefined && breakPolicy.ageing.length > 0;
      const restores = restored !== undefined && restored.rows > 0;
      if (!clears && !restores && !ages) return undefined;
      const state = {
        found: standing === undefined ? '' : JSON.stringify(standing),
        foundAt: at,
        policy: JSON.stringify(breakPolicy),
        step: 0,
      };
      const clearing = Object.assign(new RequestRunBulk(), {
        bulkId: `${runId}.cleared`,
        action: { kind: 'clear', byRun: runId },
        breaks: cleared,
        policy: breakPolicy,
      });
      const restoring = Object.assign(new RequestRunBulk(), {
        bulkId: `${runId}.restored`,
        action: { kind: 'restore', reason: `run ${runId} does not find what cleared it` },
        breaks: restored,
        policy: breakPolicy,
      });
      return {
        state,
        steps: [...(clears ? [{ command: clearing }] : []), ...(restores ? [{ command: restoring }] : [])],
        ...(ages ? { timers: [timerOf(state, breakPolicy)] } : { ended: true }),
      };
    },
    MatchUnmade: (_state, { data: { runId, breaks, records, breakPolicy = builtInPolicy }, at }) => {
      if (breaks.length === 0 || breakPolicy.ageing.length === 0) return undefined;
      const state = {
        found: JSON.stringify(records),
        foundAt: at,
        policy: JSON.stringify(breakPolicy),
        ofRun: runId,
        step: 0,
      };
      return { state, timers: [timerOf(state, breakPolicy)] };
    },
  },

  timers: {
    deadline: (state, _fired, id) => {
      const policy = JSON.parse(state.policy) as BreakPolicy;
      const due = policy.ageing[state.step];
      if (!due) return { state, ended: true };
      const escalation = Object.assign(new RequestRunBulk(), {
        bulkId: `${id}.aged-${due.afterDays}`,
        action: { kind: 'escalate', afterDays: due.afterDays },
        breaks: JSON.parse(state.found) as RequestRunBulk['breaks'],
        policy,
        ofRun: state.ofRun ?? id,
      });
      const after = { ...state, step: state.step + 1 };
      const steps = [{ command: escalation }];
      return policy.ageing[after.step]
        ? { state: after, steps, timers: [timerOf(after, policy)] }
        : { state: after, steps, ended: true };
    },
  },
});

function timerOf({ foundAt, step }: Ageing, { ageing }: BreakPolicy): { name: 'deadline'; due: string } {
  const days = ageing[step]?.afterDays ?? 0;
  return { name: 'deadline', due: new Date(Date.parse(foundAt) + days * dayMs).toISOString() };
}
