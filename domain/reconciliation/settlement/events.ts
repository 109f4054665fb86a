import { event, type EventOf } from '../../kernel/event.js';
import type { StoredObject } from '../stored-object.js';

/** Why matched trades are in no settlement. */
export const leftOutReasons = ['nets-to-nothing', 'no-calendar', 'beyond-calendar', 'too-large'] as const;

export type LeftOutReason = (typeof leftOutReasons)[number];

export interface LeftOut {
  readonly reason: LeftOutReason;
  readonly trades: number;
}

/** Decimals as texts. What one account and one counterparty have to deliver and to pay each other on one date. */
export interface NetSettlement {
  readonly settlementId: string;
  readonly account: string;
  readonly counterparty?: string;
  readonly symbol: string;
  readonly currency: string;
  /** `yyyy-MM-dd`, a settlement day. */
  readonly settlementDate: string;
  /** Bought less sold: below zero the account delivers; zero when only money changes hands. */
  readonly netQuantity: string;
  /** Value bought less value sold, without fees: what the account pays, below zero what it is paid. */
  readonly netAmount: string;
  /** How many matched trades it nets. */
  readonly trades: number;
  /** RFC 3339, UTC, milliseconds: the window in which it settles. */
  readonly opensAt: string;
  readonly cutOffAt: string;
}

/** In the stream of the run whose matches are netted. */
export const nettingEvents = {
  /** The object holds the matched trades (`matchedTradeColumns`): all that the computation needs. */
  NettingRequested: event<{ runId: string; trades: StoredObject }>(),
  NettingStarted: event<{ runId: string; attempt: number }>(),
  /** The platform stopped in the middle: the attempt does not count. */
  NettingInterrupted: event<{ runId: string }>(),
  /** In parts, before the completion; `first` is the ordinal of the first one. */
  SettlementsNetted: event<{ runId: string; first: number; settlements: readonly NetSettlement[] }>(),
  NettingCompleted: event<{ runId: string; count: number; leftOut: readonly LeftOut[] }>(),
  NettingFailed: event<{ runId: string; reason: string }>(),
};
export type NettingEvent = EventOf<typeof nettingEvents>;

export interface SettlementTerms extends NetSettlement {
  readonly runId: string;
}

/** A part of a settlement, decimals as texts: the quantity without a sign, the amount with the settlement's. */
export interface SettlementPart {
  readonly quantity: string;
  readonly amount: string;
}

export const settlementEvents = {
  /** `late`: opened at its cut-off or after, so that no clock fails it. */
  SettlementOpened: event<SettlementTerms & { late: boolean }>(),
  SettlementInstructed: event<{ settlementId: string }>(),
  /** What the counterparty agreed to, beside what it had agreed to before. */
  SettlementAffirmed: event<SettlementPart & { settlementId: string }>(),
  /** What was delivered and paid; `open` is what still is not. */
  SettlementSettled: event<SettlementPart & { settlementId: string; open: SettlementPart }>(),
  /** What was not affirmed by the cut-off: a settlement break. Ends the settlement. */
  SettlementFailed: event<
    SettlementPart &
      Pick<
        SettlementTerms,
        'settlementId' | 'runId' | 'account' | 'counterparty' | 'symbol' | 'currency' | 'settlementDate'
      > & { reason: string }
  >(),
};
export type SettlementEvent = EventOf<typeof settlementEvents>;
