import { type TradeRecord } from '../trade-record.js';
import { type SearchLimit } from './search-limits.js';

/** `group` is one block against several fills, or several records against several; `exact` and `tolerance` are pairs. */
export const matchTypes = ['exact', 'tolerance', 'group'] as const;

export type MatchType = (typeof matchTypes)[number];

export const breakTypes = [
  'missingAtBroker',
  'missingInternal',
  'price',
  'quantity',
  'side',
  'settlementDate',
  'currency',
  'tradeDate',
  'fees',
  'duplicate',
] as const;

export type BreakType = (typeof breakTypes)[number];

/** Records are named by their trade ids, else by `#line` (`recordReference`). */
export interface Match {
  readonly type: MatchType;
  readonly internal: readonly string[];
  readonly broker: readonly string[];
  /** 0 to 1, in whole millionths. */
  readonly confidence: number;
  /** What found it: `trade-id`, `composite-key`, `trade-id-within-tolerance`, `nearest`, `fills-of-a-block`, `equal-sums`. */
  readonly strategy: MatchStrategy;
  readonly explanation: string;
}

export type MatchStrategy =
  'trade-id' | 'composite-key' | 'trade-id-within-tolerance' | 'nearest' | 'fills-of-a-block' | 'equal-sums';

/** The records of one match. */
export interface MatchedRecords {
  readonly internal: readonly TradeRecord[];
  readonly broker: readonly TradeRecord[];
}

export interface Break {
  readonly type: BreakType;
  readonly internal: readonly string[];
  readonly broker: readonly string[];
  readonly explanation: string;
  /** The larger quantity times price of its records, as a decimal text, from which its severity follows. */
  readonly notional: string;
  readonly currency: string;
  /**
   * What the difference is worth, as a decimal text in that currency: fees apart, a price apart times the quantity, a
   * quantity apart times the price. Left out where it is no amount.
   */
  readonly differenceAmount?: string;
  /** Of its first record; breaks of older runs do not say. */
  readonly symbol?: string;
  readonly account?: string;
}

/** It says of its records that nothing on the other side is them. */
export function isMissing({ type }: Break): boolean {
  return type === 'missingAtBroker' || type === 'missingInternal';
}

export interface ReconciliationCounts {
  /** Accepted records of the run's dates. */
  readonly internal: number;
  readonly broker: number;
  readonly otherDates: { readonly internal: number; readonly broker: number };
  /** Unmatched records of earlier runs that took part, and how many of them are in a match or another break now. */
  readonly carried?: { readonly internal: number; readonly broker: number; readonly cleared: number };
  /** Breaks of the run that this one continues which were found again: they are no new ones. */
  readonly known?: number;
  readonly matched: Readonly<Record<MatchType, number>>;
  readonly breaks: Readonly<Record<BreakType, number>>;
}

export interface Reconciliation {
  readonly counts: ReconciliationCounts;
  readonly matches: readonly Match[];
  /** Of each match, in the order of `matches`. */
  readonly matched: readonly MatchedRecords[];
  readonly breaks: readonly Break[];
  /** Searches that came to the end of the work they may do; none on any ordinary day. */
  readonly searchLimits: readonly SearchLimit[];
}
