import { type TradeRecord } from '../trade-record.js';

/** `group` is one block against several fills; `exact` and `tolerance` are pairs. */
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
  /** What found it: `trade-id`, `composite-key`, `trade-id-within-tolerance`, `nearest`, `fills-of-a-block`. */
  readonly strategy: MatchStrategy;
  readonly explanation: string;
}

export type MatchStrategy =
  'trade-id' | 'composite-key' | 'trade-id-within-tolerance' | 'nearest' | 'fills-of-a-block';

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
}

export interface ReconciliationCounts {
  /** Accepted records of the run's dates. */
  readonly internal: number;
  readonly broker: number;
  readonly otherDates: { readonly internal: number; readonly broker: number };
  readonly matched: Readonly<Record<MatchType, number>>;
  readonly breaks: Readonly<Record<BreakType, number>>;
}

export interface Reconciliation {
  readonly counts: ReconciliationCounts;
  readonly matches: readonly Match[];
  /** Of each match, in the order of `matches`. */
  readonly matched: readonly MatchedRecords[];
  readonly breaks: readonly Break[];
}
