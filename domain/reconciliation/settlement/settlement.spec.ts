import fc from 'fast-check';
import type { AnyEvent } from '../../kernel/event.js';
import { evolve, type AnyDecider } from '../../kernel/decider.js';
import { isRejected } from '../../kernel/errors.js';
import { command, contextOf, specify } from '../../kernel/testing.js';
import {
  AffirmSettlement,
  CloseSettlement,
  InstructSettlement,
  OpenSettlement,
  SettleSettlement,
} from './commands.js';
import type { SettlementEvent, SettlementTerms } from './events.js';
import { isNothing, partText, sum } from './quantities.js';
import { openPart, settlement, type Settlement } from './settlement.js';

const settlementId = 'r1.00000000';
const opensAt = '2024-06-13T04:00:00.000Z';
const cutOffAt = '2024-06-13T19:10:00.000Z';
const justBefore = '2024-06-13T19:09:59.999Z';
const terms: SettlementTerms = {
  settlementId,
  runId: 'r1',
  account: 'FUND',
  counterparty: 'JPMS',
  symbol: 'AAPL',
  currency: 'USD',
  settlementDate: '2024-06-13',
  netQuantity: '-300',
  netAmount: '-100',
  trades: 2,
  opensAt,
  cutOffAt,
};
const ofMoneyAlone: SettlementTerms = { ...terms, netQuantity: '0', netAmount: '12.5' };

const open = (what = terms) => command(OpenSettlement, { settlementId, terms: what });
const instruct = command(InstructSettlement, { settlementId });
const affirm = (quantity: string | number) => command(AffirmSettlement, { settlementId, quantity });
const settle = command(SettleSettlement, { settlementId });
const close = command(CloseSettlement, { settlementId });

const opened = (what = terms, late = false): SettlementEvent => ({
  type: 'SettlementOpened',
  data: { ...what, late },
});
const instructed: SettlementEvent = { type: 'SettlementInstructed', data: { settlementId } };
const affirmed = (quantity: string, amount: string): SettlementEvent => ({
  type: 'SettlementAffirmed',
  data: { settlementId, quantity, amount },
});
const settled = (
  quantity: string,
  amount: string,
  openQuantity: string,
  openAmount: string,
): SettlementEvent => ({
  type: 'SettlementSettled',
  data: { settlementId, quantity, amount, open: { quantity: openQuantity, amount: openAmount } },
});
const failed = (quantity: string, amount: string, reason: string): SettlementEvent => ({
  type: 'SettlementFailed',
  data: {
    settlementId,
    runId: 'r1',
    account: 'FUND',
    counterparty: 'JPMS',
    symbol: 'AAPL',
    currency: 'USD',
    settlementDate: '2024-06-13',
    quantity,
    amount,
    reason,
  },
});
const nothingAffirmed = 'nothing was affirmed by the cut-off';
const { given } = specify(settlement);

describe('a settlement', () => {
  it('is opened before its cut-off', () => given().when(open(), { at: justBefore }).then(opened()));
  it('is late when it is opened at its cut-off', () =>
    given().when(open(), { at: cutOffAt }).then(opened(terms, true)));
  it('is opened once', () => given(opened()).when(open(), { at: cutOffAt }).then());
  it('is instructed once', () => {
    given(opened()).when(instruct).then(instructed);
    given(opened(), instructed).when(instruct).then();
  });
  it.each([
    ['instructed', instruct],
    ['affirmed', affirm(1)],
    ['settled', settle],
    ['closed', close],
  ])('that is not opened cannot be %s', (_what, asked) =>
    given().when(asked).rejects('reconciliation.unknown-settlement'),
  );
});

describe('an affirmation', () => {
  it('before the settlement date is kept for it', () =>
    given(opened()).when(affirm('300')).then(affirmed('300', '-100')));
  it('adds to what was affirmed before, and the shares of the money add up', () =>
    given(opened(), affirmed('100', '-33.333333333333'))
      .when(affirm('200'))
      .then(affirmed('200', '-66.666666666667')));
  it('may be a number', () => given(opened()).when(affirm(0.5)).then(affirmed('0.5', '-0.166666666667')));
  it('on the settlement date settles at once, with what was affirmed before', () =>
    given(opened(), affirmed('100', '-33.333333333333'))
      .when(affirm(50), { at: opensAt })
      .then(affirmed('50', '-16.666666666667'), settled('150', '-50', '150', '-50')));
  it('of all that is left settles the whole', () =>
    given(opened())
      .when(affirm(300), { at: justBefore })
      .then(affirmed('300', '-100'), settled('300', '-100', '0', '0')));
  it('of more than is left is refused', () => {
    given(opened()).when(affirm('300.000000000001')).rejects('reconciliation.affirmed-too-much');
    given(opened(), affirmed('300', '-100')).when(affirm(1)).rejects('reconciliation.affirmed-too-much');
  });
  it.each(['0', '-1', 'all', '', '1e3', Number.NaN, '0.0000000000001'])('of %j is refused', (quantity) =>
    given(opened()).when(affirm(quantity)).rejects('reconciliation.bad-quantity'),
  );
  it('at the cut-off comes too late, though nothing has failed it yet', () =>
    given(opened()).when(affirm(300), { at: cutOffAt }).rejects('reconciliation.past-cut-off'));
  it.each<[string, SettlementEvent]>([
    ['settled', settled('300', '-100', '0', '0')],
    ['failed', failed('300', '-100', nothingAffirmed)],
  ])('of a settlement that has %s is refused', (_what, outcome) =>
    given(opened(), ...(outcome.type === 'SettlementSettled' ? [affirmed('300', '-100')] : []), outcome)
      .when(affirm(1), { at: justBefore })
      .rejects('reconciliation.settlement-finished'),
  );
});

describe('on its date, a settlement', () => {
  it('settles what is affirmed by then', () =>
    given(opened(), affirmed('150', '-50'))
      .when(settle, { at: opensAt })
      .then(settled('150', '-50', '150', '-50')));
  it('waits for the rest', () => given(opened()).when(settle, { at: opensAt }).then());
  it('settles nothing twice', () =>
    given(opened(), affirmed('150', '-50'), settled('150', '-50', '150', '-50'))
      .when(settle, { at: justBefore })
      .then());
  it('cannot come early', () =>
    given(opened())
      .when(settle, { at: '2024-06-13T03:59:59.999Z' })
      .rejects('reconciliation.settlement-not-due'));
});

describe('at its cut-off, a settlement', () => {
  it('fails when nothing was affirmed', () =>
    given(opened())
      .when(close, { at: cutOffAt })
      .then(failed('300', '-100', nothingAffirmed)));
  it('settles what was affirmed just before, however late the saga is, and fails the rest', () =>
    given(opened(), affirmed('100', '-33.333333333333'))
      .when(close, { at: '2024-06-20T00:00:00.000Z' })
      .then(
        settled('100', '-33.333333333333', '200', '-66.666666666667'),
        failed('200', '-66.666666666667', 'only 100 was affirmed by the cut-off'),
      ));
  it('is done when all has settled', () =>
    given(opened(), affirmed('300', '-100'), settled('300', '-100', '0', '0'))
      .when(close, { at: cutOffAt })
      .then());
  it('fails once', () =>
    given(opened(), failed('300', '-100', nothingAffirmed))
      .when(close, { at: cutOffAt })
      .then());
  it('cannot come early', () =>
    given(opened()).when(close, { at: justBefore }).rejects('reconciliation.settlement-not-due'));
});

describe('a late settlement', () => {
  it('is not failed by the clock', () => given(opened(terms, true)).when(close, { at: cutOffAt }).then());
  it('settles when a person affirms it', () =>
    given(opened(terms, true))
      .when(affirm(300), { at: '2024-07-01T09:00:00.000Z' })
      .then(affirmed('300', '-100'), settled('300', '-100', '0', '0')));
});

describe('a settlement of money alone', () => {
  it('is affirmed as a whole, with the quantity 0', () =>
    given(opened(ofMoneyAlone)).when(affirm(0)).then(affirmed('0', '12.5')));
  it('has no quantity to affirm', () =>
    given(opened(ofMoneyAlone)).when(affirm(1)).rejects('reconciliation.affirmed-too-much'));
  it('is not affirmed twice', () =>
    given(opened(ofMoneyAlone), affirmed('0', '12.5'))
      .when(affirm(0))
      .rejects('reconciliation.affirmed-too-much'));
  it('fails like any other', () =>
    given(opened(ofMoneyAlone))
      .when(close, { at: cutOffAt })
      .then(failed('0', '12.5', nothingAffirmed)));
});

describe('whatever is asked of it, and when', () => {
  const rules: AnyDecider = settlement;
  const times = fc.constantFrom(
    '2024-06-12T20:00:00.000Z',
    '2024-06-13T03:59:59.999Z',
    opensAt,
    justBefore,
    cutOffAt,
    '2024-06-14T00:00:00.000Z',
  );
  const asked = fc.oneof(
    fc.integer({ min: 0, max: 400_000 }).map((thousandths) => affirm(String(thousandths / 1000))),
    fc.constantFrom(instruct, settle, close),
  );
  const history = fc.array(fc.tuple(asked, times), { maxLength: 12 });
  const nets = fc.constantFrom(terms, ofMoneyAlone, { ...terms, netQuantity: '7', netAmount: '0.01' });

  it('settled, failed and open are the net quantity and amount, and no more settles than was affirmed', () => {
    fc.assert(
      fc.property(nets, fc.boolean(), history, (net, late, steps) => {
        let state = evolve(rules, rules.initial, opened(net, late)) as Settlement;
        for (const [one, at] of steps) {
          for (const event of decided(rules, one, state, at))
            state = evolve(rules, state, event) as Settlement;
          const known = state.known!;
          const whole = sum(sum(known.settled, known.failed), openPart(known));
          expect(partText(whole)).toEqual(partText(known.net));
          for (const quantity of [known.settled.quantity, known.failed.quantity, openPart(known).quantity])
            expect(quantity >= 0n).toBe(true);
          expect(known.settled.quantity <= known.affirmed.quantity).toBe(true);
          expect(known.affirmed.quantity <= known.net.quantity).toBe(true);
          if (late) expect(isNothing(known.failed)).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('all that was affirmed before the cut-off has settled once it is closed', () => {
    const early = fc.array(
      fc.tuple(
        asked,
        times.filter((at) => at < cutOffAt),
      ),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(nets, early, (net, steps) => {
        let state = evolve(rules, rules.initial, opened(net)) as Settlement;
        for (const [one, at] of [...steps, [close, '2024-06-20T00:00:00.000Z'] as const])
          for (const event of decided(rules, one, state, at))
            state = evolve(rules, state, event) as Settlement;
        const known = state.known!;
        expect(partText(known.settled)).toEqual(partText(known.affirmed));
        expect(isNothing(openPart(known))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

function decided(rules: AnyDecider, asked: object, state: Settlement, at: string): readonly AnyEvent[] {
  try {
    return rules.decide[asked.constructor.name]!(asked, state, contextOf({ at }));
  } catch (error) {
    if (!isRejected(error)) throw error;
    return [];
  }
}
