import { isRejected } from '../../kernel/errors.js';
import { command, specify } from '../../kernel/testing.js';
import { SymbolTable } from '../matching/cross-reference.js';
import { reconcile } from '../matching/reconcile.js';
import type { Break } from '../matching/result.js';
import { testDate, trades, type TestTrade } from '../matching/trades.testing.js';
import {
  ApproveResolutionRule,
  ProposeResolutionRule,
  RetireResolutionRule,
  type RuleFields,
} from './commands.js';
import type { ResolutionRule, ResolutionRuleEvent } from './events.js';
import { resolutionRules, rulesInForce, versionToTry, type ResolutionRules } from './resolution-rules.js';
import { ruleFor } from './rule-for.js';

const { given } = specify(resolutionRules);
const [alice, bob] = [{ actor: 'key:alice' }, { actor: 'key:bob' }];
const smallFees: ResolutionRule = {
  types: ['fees'],
  currency: 'USD',
  differenceUpTo: 1,
  resolution: 'acceptBroker',
  reason: 'fees under a dollar are not worth a call',
};
const propose = (fields: Partial<ResolutionRule> = {}, name = 'small-fees') =>
  command(ProposeResolutionRule, { name, rule: { ...smallFees, ...fields } as RuleFields });
const approve = (version = 1) => command(ApproveResolutionRule, { name: 'small-fees', version });
const retire = command(RetireResolutionRule, { name: 'small-fees', reason: 'it was too lax' });
const proposed = (
  version: number,
  fields: Partial<ResolutionRule> = {},
  name = 'small-fees',
): ResolutionRuleEvent => ({
  type: 'ResolutionRuleProposed',
  data: { name, version, rule: { ...smallFees, ...fields }, proposedBy: 'key:alice' },
});
const approved = (version: number, name = 'small-fees'): ResolutionRuleEvent => ({
  type: 'ResolutionRuleApproved',
  data: { name, version, approvedBy: 'key:bob' },
});
const retired: ResolutionRuleEvent = {
  type: 'ResolutionRuleRetired',
  data: { name: 'small-fees', retiredBy: 'key:bob', reason: 'it was too lax' },
};

describe('a resolution rule', () => {
  it('is proposed by one person and approved by another', () => {
    given().when(propose(), alice).then(proposed(1));
    given(proposed(1)).when(approve(), bob).then(approved(1));
    given(proposed(1)).when(approve(), alice).rejects('reconciliation.second-person-needed');
    given(proposed(1), approved(1)).when(approve(), bob).then();
  });

  it('has a next version when it is changed, and none when it says the same', () => {
    given(proposed(1)).when(propose(), bob).then();
    given(proposed(1), approved(1))
      .when(propose({ differenceUpTo: 2 }), alice)
      .then(proposed(2, { differenceUpTo: 2 }));
  });

  it('is retired, once', () => {
    given(proposed(1), approved(1)).when(retire, bob).then(retired);
    given(proposed(1), approved(1), retired).when(retire, bob).then();
    given().when(retire, bob).rejects('reconciliation.unknown-rule');
  });

  it.each<[string, Partial<ResolutionRule>]>([
    ['an amount that is no number', { differenceUpTo: 'one' }],
    ['an amount below zero', { notionalUpTo: -1 }],
    ['an amount without a currency', { currency: undefined }],
  ])('with %s is refused', (_, fields) =>
    given().when(propose(fields), alice).rejects('reconciliation.bad-rule'),
  );
});

describe('the rules in force', () => {
  const after = (...events: readonly ResolutionRuleEvent[]): ResolutionRules =>
    events.reduce((before, event) => {
      const step = resolutionRules.evolve[event.type] as (
        state: ResolutionRules,
        event: ResolutionRuleEvent,
      ) => ResolutionRules;
      return step(before, event);
    }, resolutionRules.initial);

  it('are the newest that were approved, by name', () => {
    const other = proposed(1, { resolution: 'writeOff' }, 'another');
    const rules = after(
      proposed(1),
      approved(1),
      proposed(2, { differenceUpTo: 2 }),
      other,
      approved(1, 'another'),
    );
    expect(rulesInForce(rules)).toEqual([
      { name: 'another', version: 1, rule: { ...smallFees, resolution: 'writeOff' } },
      { name: 'small-fees', version: 1, rule: smallFees },
    ]);
    expect(rulesInForce(after(proposed(1), approved(1), retired))).toEqual([]);
  });

  it('are not needed to try one', () => {
    expect(versionToTry('small-fees', after(proposed(1), proposed(2, { differenceUpTo: 2 })))).toMatchObject({
      version: 2,
    });
    let refusal: unknown;
    try {
      versionToTry('small-fees', after(proposed(1)), 3);
    } catch (error) {
      refusal = error;
    }
    expect(isRejected(refusal) && refusal.code).toBe('reconciliation.unknown-version');
  });
});

describe('a break', () => {
  const found = (change: TestTrade): Break => {
    const base: TestTrade = { tradeId: 'T1', fees: '2', settlementDate: '2024-06-13' };
    const { breaks } = reconcile(trades(base), trades({ ...base, ...change }), {
      tradeDate: testDate,
      tolerances: {},
    });
    return { ...breaks[0]!, symbol: 'US0378331005', account: 'FUND' };
  };
  const symbols = new SymbolTable({
    version: 1,
    instruments: [{ ticker: 'AAPL', isin: 'US0378331005' }],
  });
  const run = { sources: [['books'], ['goldman', 'goldman']], symbols };
  const resolved = (rule: Partial<ResolutionRule>, change: TestTrade): boolean =>
    ruleFor(found(change), [{ name: 'r', version: 2, rule: { ...smallFees, ...rule } }], run) !== undefined;

  it('is resolved by the first rule whose conditions it meets, and the reason names it', () =>
    expect(
      ruleFor(
        found({ fees: '2.99' }),
        [
          { name: 'a', version: 1, rule: { ...smallFees, types: ['price'] } },
          { name: 'b', version: 2, rule: smallFees },
          { name: 'c', version: 1, rule: { ...smallFees, resolution: 'cancel' } },
        ],
        run,
      ),
    ).toEqual({
      name: 'b',
      version: 2,
      resolution: 'acceptBroker',
      reason: 'fees under a dollar are not worth a call (rule b version 2)',
    }));

  it.each<[Partial<ResolutionRule>, TestTrade, boolean]>([
    [{}, { fees: '3' }, true],
    [{}, { fees: '3.000000000001' }, false],
    [{}, { fees: '-1' }, false],
    [{}, { price: '10.001' }, false],
    [{ types: ['price'], differenceUpTo: '0.1' }, { price: '10.001' }, true],
    [{ types: ['price'], differenceUpTo: '0.1' }, { price: '10.0011' }, false],
    [{ types: ['quantity'], differenceUpTo: 10 }, { quantity: '101' }, true],
    [{ types: ['quantity'], differenceUpTo: 9 }, { quantity: '101' }, false],
    [{ types: ['settlementDate'], differenceUpTo: 9 }, { settlementDate: '2024-06-14' }, false],
    [{ types: ['settlementDate'], differenceUpTo: undefined }, { settlementDate: '2024-06-14' }, true],
    [{ notionalUpTo: 1000 }, { fees: '3' }, true],
    [{ notionalUpTo: 999 }, { fees: '3' }, false],
    [{ currency: 'EUR' }, { fees: '3' }, false],
    [{ symbol: 'AAPL' }, { fees: '3' }, true],
    [{ symbol: 'IBM' }, { fees: '3' }, false],
    [{ account: 'FUND' }, { fees: '3' }, true],
    [{ account: 'OTHER' }, { fees: '3' }, false],
    [{ source: 'goldman' }, { fees: '3' }, true],
    [{ source: 'citi' }, { fees: '3' }, false],
  ])('under %j with %j: %s', (rule, change, expected) => expect(resolved(rule, change)).toBe(expected));

  it('of a side with two sources is of neither', () => {
    const mixed = { ...run, sources: [['books'], ['goldman', 'citi']] };
    const rule = { name: 'r', version: 1, rule: { ...smallFees, source: 'goldman' } };
    expect(ruleFor(found({ fees: '3' }), [rule], mixed)).toBeUndefined();
  });
});
