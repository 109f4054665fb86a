import fc from 'fast-check';
import { command, specify } from '../../kernel/testing.js';
import { ChangeBreakPolicy } from './commands.js';
import { approvalLimit, builtInPolicy, severityOf } from './policy-table.js';
import { breakPolicy } from './policy.js';
import { severities } from './states.js';

const table = {
  severityFrom: { high: { EUR: '500', other: '1000' } },
  ageing: [{ afterDays: 2, atLeast: 'critical' as const }],
  approvalAbove: { USD: '100' },
};
const changed = { type: 'BreakPolicyChanged' as const, data: { policy: { version: 1, ...table } } };
const change = (fields: Partial<ChangeBreakPolicy> = {}) =>
  command(ChangeBreakPolicy, { ...table, ...fields });
const { given } = specify(breakPolicy);

describe('the policy of a workspace', () => {
  it('is replaced as a whole, and bears its version', () => given().when(change()).then(changed));

  it('is not changed by the same table', () => given(changed).when(change()).then());

  it.each([
    ['an amount that is no number', { approvalAbove: { USD: 'much' } }],
    ['an amount below zero', { approvalAbove: { USD: '-1' } }],
    ['a currency that is none', { severityFrom: { high: { dollars: '1' } } }],
    ['a severity that everything has', { severityFrom: { low: { USD: '1' } } }],
    ['a day that is no whole one', { ageing: [{ afterDays: 1.5, atLeast: 'high' as const }] }],
    [
      'days that do not follow each other',
      {
        ageing: [
          { afterDays: 3, atLeast: 'high' as const },
          { afterDays: 3, atLeast: 'critical' as const },
        ],
      },
    ],
  ])('is not %s', (_what, fields) => given().when(change(fields)).rejects('reconciliation.bad-break-policy'));
});

describe('the severity of a break', () => {
  const usd = (notional: string) => ({ notional, currency: 'USD' });

  it('follows from its notional, by the table of its currency', () => {
    expect(severityOf(table, { notional: '500', currency: 'EUR' }, 0)).toBe('high');
    expect(severityOf(table, usd('500'), 0)).toBe('low');
    expect(severityOf(builtInPolicy, usd('10000'), 0)).toBe('medium');
    expect(severityOf(builtInPolicy, { notional: '10000', currency: 'JPY' }, 0)).toBe('low');
  });

  it('never falls with age or notional', () =>
    fc.assert(
      fc.property(
        fc.tuple(fc.nat(10_000_000), fc.nat(10_000_000)),
        fc.tuple(fc.nat(20), fc.nat(20)),
        (notionals, ages) => {
          const rank = (notional: number, age: number): number =>
            severities.indexOf(severityOf(builtInPolicy, usd(String(notional)), age));
          expect(rank(Math.max(...notionals), Math.max(...ages))).toBeGreaterThanOrEqual(
            rank(Math.min(...notionals), Math.min(...ages)),
          );
        },
      ),
    ));
});

it('a second person is asked above the limit, not at it, and in no currency without one', () => {
  expect(approvalLimit(table, { notional: '100', currency: 'USD' })).toBeUndefined();
  expect(approvalLimit(table, { notional: '100.01', currency: 'USD' })).toBe('100');
  expect(approvalLimit(table, { notional: '1000000', currency: 'EUR' })).toBeUndefined();
});
