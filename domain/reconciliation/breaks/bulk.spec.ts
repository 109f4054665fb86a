import { command, specify } from '../../kernel/testing.js';
import { breakBulk } from './bulk.js';
import { breakBulkJob } from './bulk-job.js';
import {
  ApplyToBreak,
  CompleteBreakBulk,
  FailBreakBulk,
  InterruptBreakBulk,
  RequestBreakBulk,
  RequestRunBulk,
  RetryBreakBulk,
  StartBreakBulk,
  type BulkAction,
} from './commands.js';
import type { BreakBulkEvent, BreakTerms } from './events.js';
import { builtInPolicy as policy } from './policy-table.js';

const breaks = { sha256: 'a'.repeat(64), bytes: 100, rows: 2 };
const bulkId = 'b1';
const request = (action: Partial<BulkAction>) =>
  command(RequestBreakBulk, {
    bulkId,
    filter: { type: 'fees' },
    action: action as BulkAction,
    breaks,
    policy,
  });
const writeOff = { kind: 'resolve', resolution: 'writeOff', reason: 'under a dollar' } as const;
const requested: BreakBulkEvent = {
  type: 'BreakBulkRequested',
  data: { bulkId, action: writeOff, by: 'key:alice', policy, breaks, filter: { type: 'fees' } },
};
const started = (attempt: number): BreakBulkEvent => ({
  type: 'BreakBulkStarted',
  data: { bulkId, attempt },
});
const completed: BreakBulkEvent = { type: 'BreakBulkCompleted', data: { bulkId, breaks: 2 } };
const start = command(StartBreakBulk, { bulkId });
const complete = command(CompleteBreakBulk, { bulkId, breaks: 2 });
const fail = command(FailBreakBulk, { bulkId, reason: 'no luck' });
const { given } = specify(breakBulk);

describe('a bulk', () => {
  it('says what is asked for, by whom, and of which breaks', () => {
    given().when(request(writeOff)).then(requested);
    given(requested).when(request(writeOff)).then();
  });

  it.each<[string, Partial<BulkAction>]>([
    ['lacks a field', { kind: 'assign' }],
    ['has a field too many', { kind: 'investigate', to: 'key:bob' }],
    ['lacks one of two', { kind: 'resolve', resolution: 'amend' }],
  ])('is refused when its action %s', (_what, action) =>
    given().when(request(action)).rejects('reconciliation.bad-bulk-action'),
  );

  it('is asked for by a run in the same way', () =>
    given()
      .when(
        command(RequestRunBulk, {
          bulkId,
          action: { kind: 'escalate', afterDays: 1 },
          breaks,
          policy,
          ofRun: 'r1',
        }),
        { actor: 'system' },
      )
      .then({
        type: 'BreakBulkRequested',
        data: {
          bulkId,
          action: { kind: 'escalate', afterDays: 1 },
          by: 'system',
          policy,
          breaks,
          ofRun: 'r1',
        },
      }));

  it('counts its attempts, but not those that the platform ended', () => {
    given(requested).when(start).then(started(1));
    given(requested, started(1), started(2), started(3))
      .when(start)
      .rejects('reconciliation.attempts-exhausted');
    given(requested, started(1)).when(command(InterruptBreakBulk, { bulkId })).then({
      type: 'BreakBulkInterrupted',
      data: { bulkId },
    });
  });

  it('ends once', () => {
    given(requested, started(1)).when(complete).then(completed);
    given(requested, started(1), completed).when(complete).then();
    given(requested, started(1), completed).when(fail).rejects('reconciliation.bulk-finished');
    given().when(start).rejects('reconciliation.unknown-bulk');
  });

  it('that was given up is worked on again when a person asks, with attempts of its own', () => {
    const failed: BreakBulkEvent = { type: 'BreakBulkFailed', data: { bulkId, reason: 'no luck' } };
    const retry = command(RetryBreakBulk, { bulkId });
    given(requested, started(3), failed).when(retry).then(requested);
    given(requested, started(3), failed, requested).when(start).then(started(1));
    given(requested, started(3), failed, requested).when(retry).then();
    given(requested, started(1), completed).when(retry).rejects('reconciliation.bulk-finished');
    given().when(retry).rejects('reconciliation.unknown-bulk');
  });
});

it('the work of a bulk is a command for each break, and then its end', () => {
  const terms: BreakTerms = {
    breakId: 'r1.00000000',
    runId: 'r1',
    type: 'fees',
    internal: ['T1'],
    broker: ['T1'],
    explanation: 'the fees differ',
    notional: '1',
    currency: 'USD',
  };
  const output = { action: writeOff, by: 'key:alice', policy, items: [{ terms }] };
  expect(breakBulkJob.completed(bulkId, output)).toEqual([
    command(ApplyToBreak, {
      breakId: terms.breakId,
      terms,
      bulkId,
      by: 'key:alice',
      action: writeOff,
      policy,
    }),
    command(CompleteBreakBulk, { bulkId, breaks: 1 }),
  ]);
});
