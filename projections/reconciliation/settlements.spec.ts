import type { SettlementEvent } from '../../domain/reconciliation/contract.js';
import { fold, type Happened } from '../kernel/testing.js';
import { settlementBreaks } from './settlement-breaks.js';
import { settlements } from './settlements.js';

const at = '2024-06-12T20:00:00.000Z';
const later = '2024-06-12T21:00:00.000Z';
const net = {
  settlementId: 's1',
  account: 'FUND',
  symbol: 'AAPL',
  currency: 'USD',
  settlementDate: '2024-06-13',
  netQuantity: '-100',
  netAmount: '-1000',
  trades: 2,
  opensAt: '2024-06-13T04:00:00.000Z',
  cutOffAt: '2024-06-13T19:10:00.000Z',
};
const opened = (late: boolean): SettlementEvent => ({
  type: 'SettlementOpened',
  data: { ...net, runId: 'r1', late },
});
const instructed: SettlementEvent = { type: 'SettlementInstructed', data: { settlementId: 's1' } };
const affirmed = (quantity: string, amount: string): Happened<SettlementEvent> => ({
  type: 'SettlementAffirmed',
  data: { settlementId: 's1', quantity, amount },
  actor: 'key:bob',
});
const settled = (part: [string, string], open: [string, string]): Happened<SettlementEvent> => ({
  type: 'SettlementSettled',
  data: {
    settlementId: 's1',
    quantity: part[0],
    amount: part[1],
    open: { quantity: open[0], amount: open[1] },
  },
  at: later,
});
const lost = {
  settlementId: 's1',
  runId: 'r1',
  account: 'FUND',
  symbol: 'AAPL',
  currency: 'USD',
  settlementDate: '2024-06-13',
  quantity: '60',
  amount: '-600',
  reason: 'only 40 was affirmed by the cut-off',
};
const failed60: Happened<SettlementEvent> = { type: 'SettlementFailed', data: lost, at: later };

describe('settlements', () => {
  const pending = {
    ...net,
    runId: 'r1',
    state: 'pending' as const,
    late: false,
    affirmedQuantity: '0',
    settledQuantity: '0',
    settledAmount: '0',
    failedQuantity: '0',
    failedAmount: '0',
    openQuantity: '100',
    openAmount: '-1000',
    openedAt: at,
  };
  const instructedToo = { ...pending, state: 'instructed' as const, instructedAt: at };

  it('are pending, and then instructed', () => {
    fold(settlements).given(opened(false)).is('s1', pending);
    fold(settlements).given(opened(false), instructed).is('s1', instructedToo);
  });

  it('are affirmed, by whom and when', () =>
    fold(settlements)
      .given(opened(false), instructed, affirmed('40', '-400'), affirmed('0.5', '-5'))
      .is('s1', {
        ...instructedToo,
        state: 'affirmed',
        affirmedQuantity: '40.5',
        affirmedAt: at,
        affirmedBy: 'key:bob',
      }));

  const partly = {
    ...instructedToo,
    state: 'partiallySettled' as const,
    affirmedQuantity: '40',
    affirmedAt: at,
    affirmedBy: 'key:bob',
    settledQuantity: '40',
    settledAmount: '-400',
    openQuantity: '60',
    openAmount: '-600',
    settledAt: later,
  };
  const history = [
    opened(false),
    instructed,
    affirmed('40', '-400'),
    settled(['40', '-400'], ['60', '-600']),
  ];

  it('settle in part, and then as a whole', () => {
    fold(settlements)
      .given(...history)
      .is('s1', partly);
    fold(settlements)
      .given(...history, affirmed('60', '-600'), settled(['60', '-600'], ['0', '0']))
      .is('s1', {
        ...partly,
        state: 'settled',
        affirmedQuantity: '100',
        settledQuantity: '100',
        settledAmount: '-1000',
        openQuantity: '0',
        openAmount: '0',
      });
  });

  it('fail with what is open, and with the reason', () =>
    fold(settlements)
      .given(...history, failed60)
      .is('s1', {
        ...partly,
        state: 'failed',
        failedQuantity: '60',
        failedAmount: '-600',
        openQuantity: '0',
        openAmount: '0',
        failedAt: later,
        reason: lost.reason,
      }));

  it('are late until somebody affirms them, instructed or not', () =>
    fold(settlements)
      .given(opened(true), instructed)
      .is('s1', { ...pending, state: 'late', late: true, instructedAt: at }));
});

describe('settlement breaks', () => {
  it('are what failed, one for each settlement that failed', () => {
    const shown = fold(settlementBreaks).given(failed60);
    shown.has('s1');
    shown.is('s1', { ...lost, openedAt: later });
  });
});
