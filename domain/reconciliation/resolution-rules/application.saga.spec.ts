import { builtInPolicy } from '../breaks/policy-table.js';
import type { RunEvent } from '../runs/events.js';
import { ruleApplicationSaga } from './application.saga.js';

type RunCompleted = Extract<RunEvent, { type: 'RunCompleted' }>;
const object = { sha256: 'aa', bytes: 1, rows: 1 };
const react = (manifest: RunCompleted['data']['manifest']) => {
  const data = { runId: 'r1', manifest } as RunCompleted['data'];
  return ruleApplicationSaga.on.RunCompleted({ rules: 0 }, { type: 'RunCompleted', data } as never, 'r1');
};

describe('a completed run', () => {
  it('has the breaks that its rules are for resolved, one bulk a rule, under a name that is always the same', () => {
    const ruled = {
      name: 'small-fees',
      version: 2,
      resolution: 'acceptBroker',
      reason: 'small (rule small-fees version 2)',
      breaks: object,
    } as const;
    const reaction = react({ matches: object, breaks: object, ruled: [ruled, { ...ruled, name: 'other' }] });
    expect(reaction).toMatchObject({ ended: true });
    expect(reaction!.steps!.map(({ command }) => ({ ...command }))).toEqual(
      ['small-fees', 'other'].map((name) => ({
        bulkId: `r1.rule-${name}`,
        action: { kind: 'resolve', resolution: 'acceptBroker', reason: ruled.reason },
        breaks: object,
        policy: builtInPolicy,
      })),
    );
  });

  it('without any is left alone', () => expect(react({ matches: object, breaks: object })).toBeUndefined());
});
