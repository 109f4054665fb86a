import { decider } from '../../kernel/decider.js';
import { Rejected } from '../../kernel/errors.js';
import {
  AffirmSettlement,
  CloseSettlement,
  InstructSettlement,
  OpenSettlement,
  SettleSettlement,
} from './commands.js';
import { settlementEvents, type SettlementEvent, type SettlementTerms } from './events.js';
import {
  affirmedQuantity,
  difference,
  furtherPart,
  isNothing,
  netOf,
  nothing,
  partOf,
  partText,
  sum,
  type Quantities,
} from './quantities.js';

/** Always: settled + failed + open = net, and settled ≤ affirmed ≤ net. */
export interface KnownSettlement {
  readonly terms: SettlementTerms;
  readonly late: boolean;
  readonly net: Quantities;
  readonly instructed: boolean;
  /** All that was affirmed, settled or not. */
  readonly affirmed: Quantities;
  readonly settled: Quantities;
  readonly failed: Quantities;
}

export interface Settlement {
  /** Undefined until it is opened. */
  readonly known: KnownSettlement | undefined;
}

/**
 * Delivery against payment between an account and a counterparty. Whether something was affirmed in time is judged
 * here, by the time at which the affirmation was asked for: how far behind the saga's timers are changes nothing.
 */
export const settlement = decider<Settlement, SettlementEvent>()({
  category: 'settlement',
  events: settlementEvents,
  commands: { OpenSettlement, InstructSettlement, AffirmSettlement, SettleSettlement, CloseSettlement },
  id: ({ settlementId }) => settlementId,
  initial: { known: undefined },

  decide: {
    OpenSettlement: ({ terms }, { known }, { at }) =>
      known ? [] : [{ type: 'SettlementOpened', data: { ...terms, late: at >= terms.cutOffAt } }],

    InstructSettlement: ({ settlementId }, { known }) =>
      opened(settlementId, known).instructed
        ? []
        : [{ type: 'SettlementInstructed', data: { settlementId } }],

    AffirmSettlement: ({ settlementId, quantity }, { known }, { at }) => {
      const before = opened(settlementId, known);
      const { terms, late, net, affirmed } = before;
      const further = affirmedQuantity(quantity, net);
      if (isNothing(openPart(before)))
        throw new Rejected(
          'reconciliation.settlement-finished',
          `nothing of ${settlementId} is open any more`,
        );
      if (!late && at >= terms.cutOffAt)
        throw new Rejected('reconciliation.past-cut-off', `the cut-off was at ${terms.cutOffAt}`, {
          cutOffAt: terms.cutOffAt,
        });
      const left = difference(net, affirmed);
      if (isNothing(left) || further > left.quantity)
        throw new Rejected('reconciliation.affirmed-too-much', 'not so much of it is left to be affirmed', {
          left: partText(left).quantity,
        });
      const part = furtherPart(net, affirmed, further);
      const after = { ...before, affirmed: sum(affirmed, part) };
      return [
        { type: 'SettlementAffirmed', data: { settlementId, ...partText(part) } },
        // Waited for by a person, or within its window already: nothing is left to wait for.
        ...(late || at >= terms.opensAt ? settleAffirmed(after) : []),
      ];
    },

    SettleSettlement: ({ settlementId }, { known }, { at }) => {
      const before = opened(settlementId, known);
      refuseBefore(before.terms.opensAt, at);
      return settleAffirmed(before);
    },

    CloseSettlement: ({ settlementId }, { known }, { at }) => {
      const before = opened(settlementId, known);
      refuseBefore(before.terms.cutOffAt, at);
      if (before.late) return [];
      const unaffirmed = difference(openPart(before), unsettled(before));
      return [...settleAffirmed(before), ...(isNothing(unaffirmed) ? [] : [failureOf(before, unaffirmed)])];
    },
  },

  evolve: {
    SettlementOpened: (_before, { data: { late, ...terms } }) => ({
      known: {
        terms,
        late,
        net: netOf(terms),
        instructed: false,
        affirmed: nothing,
        settled: nothing,
        failed: nothing,
      },
    }),
    SettlementInstructed: ({ known }) => ({ known: known && { ...known, instructed: true } }),
    SettlementAffirmed: ({ known }, { data }) => ({
      known: known && { ...known, affirmed: sum(known.affirmed, partOf(data)) },
    }),
    SettlementSettled: ({ known }, { data }) => ({
      known: known && { ...known, settled: sum(known.settled, partOf(data)) },
    }),
    SettlementFailed: ({ known }, { data }) => ({
      known: known && { ...known, failed: sum(known.failed, partOf(data)) },
    }),
  },
});

/** What neither settled nor failed. */
export function openPart({ net, settled, failed }: KnownSettlement): Quantities {
  return difference(difference(net, settled), failed);
}

function unsettled({ affirmed, settled }: KnownSettlement): Quantities {
  return difference(affirmed, settled);
}

function settleAffirmed(before: KnownSettlement): SettlementEvent[] {
  const part = unsettled(before);
  if (isNothing(part)) return [];
  const open = partText(difference(openPart(before), part));
  const { settlementId } = before.terms;
  return [{ type: 'SettlementSettled', data: { settlementId, ...partText(part), open } }];
}

function failureOf({ terms, affirmed }: KnownSettlement, unaffirmed: Quantities): SettlementEvent {
  const { settlementId, runId, account, counterparty, symbol, currency, settlementDate } = terms;
  return {
    type: 'SettlementFailed',
    data: {
      settlementId,
      runId,
      account,
      ...(counterparty !== undefined && { counterparty }),
      symbol,
      currency,
      settlementDate,
      ...partText(unaffirmed),
      reason: isNothing(affirmed)
        ? 'nothing was affirmed by the cut-off'
        : `only ${partText(affirmed).quantity} was affirmed by the cut-off`,
    },
  };
}

/** @throws Rejected `reconciliation.unknown-settlement` */
function opened(settlementId: string, known: KnownSettlement | undefined): KnownSettlement {
  if (known) return known;
  throw new Rejected('reconciliation.unknown-settlement', `there is no settlement ${settlementId}`);
}

/** @throws Rejected `reconciliation.settlement-not-due`: a clock was set back after it had woken the saga */
function refuseBefore(due: string, at: string): void {
  if (at < due)
    throw new Rejected('reconciliation.settlement-not-due', `it is not due before ${due}`, { due });
}
