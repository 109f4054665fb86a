import { command } from '../../kernel/testing.js';
import { specifySaga } from '../../kernel/saga.testing.js';
import { CloseSettlement, InstructSettlement, OpenSettlement, SettleSettlement } from './commands.js';
import type { NetSettlement } from './events.js';
import { settlementSaga } from './settlement.saga.js';

const settlementId = 'r1.00000001';
const opensAt = '2024-06-13T04:00:00.000Z';
const cutOffAt = '2024-06-13T19:10:00.000Z';
const waiting = { opensAt, cutOffAt };

const net = (id: string): NetSettlement => ({
  settlementId: id,
  account: 'FUND',
  symbol: 'AAPL',
  currency: 'USD',
  settlementDate: '2024-06-13',
  netQuantity: '100',
  netAmount: '1000',
  trades: 1,
  opensAt,
  cutOffAt,
});
const terms = { ...net(settlementId), runId: 'r1' };
const netted = {
  type: 'SettlementsNetted' as const,
  data: { runId: 'r1', first: 0, settlements: [net('r1.00000000'), net(settlementId)] },
};
const opened = (late: boolean) => ({ type: 'SettlementOpened' as const, data: { ...terms, late } });
const settled = (open: string) => ({
  type: 'SettlementSettled' as const,
  data: { settlementId, quantity: '1', amount: '1', open: { quantity: open, amount: '0' } },
});
const failed = {
  type: 'SettlementFailed' as const,
  data: { ...terms, quantity: '100', amount: '1000', reason: 'nothing was affirmed by the cut-off' },
};

const instruct = { command: command(InstructSettlement, { settlementId }) };
const settle = { command: command(SettleSettlement, { settlementId }) };
const close = { command: command(CloseSettlement, { settlementId }) };
const { given, concerns } = specifySaga(settlementSaga, settlementId);

describe('the saga of a settlement', () => {
  it('has an instance for every settlement of a part', () => {
    expect(concerns(netted)).toEqual(['r1.00000000', settlementId]);
    expect(concerns(opened(false))).toEqual([settlementId]);
  });

  it('opens it on its own terms', () =>
    given()
      .whenEvent(netted)
      .then({
        state: { opensAt: '', cutOffAt: '' },
        steps: [{ command: command(OpenSettlement, { settlementId, terms }) }],
      }));

  it('instructs it, and wakes on its date and at its cut-off', () =>
    given(netted)
      .whenEvent(opened(false))
      .then({
        state: waiting,
        steps: [instruct],
        timers: [
          { name: 'settlementDate', due: opensAt },
          { name: 'cutOff', due: cutOffAt },
        ],
      }));

  it('leaves a late one to people', () =>
    given(netted)
      .whenEvent(opened(true))
      .then({ state: waiting, steps: [instruct], ended: true }));

  it('asks on its date, and at its cut-off, for what is due then', () => {
    const running = given(netted, opened(false));
    running.whenTimer('settlementDate', opensAt).then({ state: waiting, steps: [settle] });
    running.whenTimer('cutOff', cutOffAt).then({ state: waiting, steps: [close] });
  });

  it('waits again when it came too early for a clock that was set back', () => {
    const running = given(netted, opened(false));
    const refusal = { code: 'reconciliation.settlement-not-due' };
    running
      .whenRefused(settle.command, refusal)
      .then({ state: waiting, timers: [{ name: 'settlementDate', due: opensAt }] });
    running
      .whenRefused(close.command, refusal)
      .then({ state: waiting, timers: [{ name: 'cutOff', due: cutOffAt }] });
  });

  it('ends when all has settled, or the rest has failed', () => {
    const running = given(netted, opened(false));
    running.whenEvent(settled('1')).ignores();
    running
      .whenEvent(settled('0'))
      .then({ state: waiting, cancelledTimers: ['settlementDate', 'cutOff'], ended: true });
    running.whenEvent(failed).then({ state: waiting, cancelledTimers: ['settlementDate'], ended: true });
  });
});
