import { ApplyToBreak } from '../breaks/commands.js';
import { builtInPolicy } from '../breaks/policy-table.js';
import { saga } from '../../kernel/saga.js';
import { unmadeMatchEvents, type UnmadeMatchEvent } from './events.js';

type Nothing = Readonly<Record<string, never>>;

/** Opens the breaks of earlier runs again that a match had cleared which is unmade. */
export const unmadeMatchSaga = saga<Nothing, UnmadeMatchEvent>()({
  name: 'unmadeMatch',
  inputs: unmadeMatchEvents,
  commands: { ApplyToBreak },
  initial: {},
  id: ({ data }) => unmadeName(data),
  on: {
    MatchUnmade: (state, { data }) => {
      const { restored = [], reason, by, breakPolicy: policy = builtInPolicy } = data;
      if (restored.length === 0) return undefined;
      const steps = restored.map(({ terms, clearing }) => ({
        command: Object.assign(new ApplyToBreak(), {
          breakId: terms.breakId,
          terms,
          // So that each break answers once.
          bulkId: unmadeName(data),
          by,
          action: { kind: 'restore', reason } as const,
          policy,
          clearing,
        }),
      }));
      return { state, steps, ended: true };
    },
  },
  timers: {},
});

/** Of one match of one run. */
export function unmadeName({ runId, match }: Pick<UnmadeMatchEvent['data'], 'runId' | 'match'>): string {
  return `${runId}.unmade-${match}`;
}
