import { RequestRunBulk } from '../breaks/commands.js';
import { builtInPolicy } from '../breaks/policy-table.js';
import { saga } from '../../kernel/saga.js';
import { runEvents, type RunEvent } from '../runs/events.js';

type Input = Extract<RunEvent, { type: 'RunCompleted' }>;

interface Applied {
  readonly [field: string]: number;
  readonly rules: number;
}

/**
 * Has the breaks of a completed run resolved that its rules are for: one bulk a rule, named after both, so that it is
 * one however often it is asked for. What needs a second person is only proposed by it.
 */
export const ruleApplicationSaga = saga<Applied, Input>()({
  name: 'ruleApplication',
  inputs: { RunCompleted: runEvents.RunCompleted },
  commands: { RequestRunBulk },
  initial: { rules: 0 },
  id: ({ data }) => data.runId,

  on: {
    RunCompleted: (_state, { data: { runId, manifest, breakPolicy = builtInPolicy } }) => {
      const { ruled = [] } = manifest;
      if (ruled.length === 0) return undefined;
      const steps = ruled.map(({ name, resolution, reason, breaks }) => ({
        command: Object.assign(new RequestRunBulk(), {
          bulkId: `${runId}.rule-${name}`,
          action: { kind: 'resolve', resolution, reason } as const,
          breaks,
          policy: breakPolicy,
        }),
      }));
      return { state: { rules: ruled.length }, steps, ended: true };
    },
  },
  timers: {},
});
