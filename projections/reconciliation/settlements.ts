import { decimalOf, formatDecimal, sumOfDecimals } from '../../domain/kernel/decimal.js';
import {
  settlementEvents,
  type SettlementEvent,
  type SettlementState,
  type SettlementTerms,
} from '../../domain/reconciliation/contract.js';
import { projection } from '../kernel/projection.js';

/**
 * Decimals as texts. Quantities have no sign, amounts have that of `netAmount`; settled, failed and open add up to
 * the net ones.
 */
export interface ListedSettlement extends SettlementTerms {
  readonly state: SettlementState;
  readonly late: boolean;
  readonly affirmedQuantity: string;
  readonly settledQuantity: string;
  readonly settledAmount: string;
  readonly failedQuantity: string;
  readonly failedAmount: string;
  readonly openQuantity: string;
  readonly openAmount: string;
  readonly openedAt: string;
  readonly instructedAt?: string;
  /** Of the newest affirmation. */
  readonly affirmedAt?: string;
  readonly affirmedBy?: string;
  /** Of the newest part that settled. */
  readonly settledAt?: string;
  readonly failedAt?: string;
  /** Why it failed. */
  readonly reason?: string;
}

export const settlements = projection<ListedSettlement, SettlementEvent>({
  name: 'settlements',
  version: 1,
  indexes: [['runId', 'state'], ['state']],
  events: settlementEvents,
  key: ({ data }) => data.settlementId,
  on: {
    SettlementOpened: (_before, { data, at }) => ({
      ...data,
      state: data.late ? 'late' : 'pending',
      affirmedQuantity: '0',
      settledQuantity: '0',
      settledAmount: '0',
      failedQuantity: '0',
      failedAmount: '0',
      openQuantity: data.netQuantity.replace('-', ''),
      openAmount: data.netAmount,
      openedAt: at,
    }),
    SettlementInstructed: (settlement, { at }) =>
      settlement && {
        ...settlement,
        state: settlement.state === 'pending' ? 'instructed' : settlement.state,
        instructedAt: at,
      },
    SettlementAffirmed: (settlement, { data, at, actor }) =>
      settlement && {
        ...settlement,
        state: isWaitedFor(settlement) ? 'affirmed' : settlement.state,
        affirmedQuantity: sum(settlement.affirmedQuantity, data.quantity),
        affirmedAt: at,
        affirmedBy: actor,
      },
    SettlementSettled: (settlement, { data, at }) =>
      settlement && {
        ...settlement,
        state: data.open.quantity === '0' && data.open.amount === '0' ? 'settled' : 'partiallySettled',
        settledQuantity: sum(settlement.settledQuantity, data.quantity),
        settledAmount: sum(settlement.settledAmount, data.amount),
        openQuantity: data.open.quantity,
        openAmount: data.open.amount,
        settledAt: at,
      },
    SettlementFailed: (settlement, { data, at }) =>
      settlement && {
        ...settlement,
        state: 'failed',
        failedQuantity: data.quantity,
        failedAmount: data.amount,
        openQuantity: '0',
        openAmount: '0',
        failedAt: at,
        reason: data.reason,
      },
  },
});

function isWaitedFor({ state }: ListedSettlement): boolean {
  return state === 'pending' || state === 'instructed';
}

function sum(one: string, other: string): string {
  return formatDecimal(sumOfDecimals([decimalOf(one), decimalOf(other)]));
}
