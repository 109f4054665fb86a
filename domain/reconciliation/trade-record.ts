import { type Decimal } from '../kernel/decimal.js';

export type TradeSide = 'buy' | 'sell';

/** The two books that a run compares. */
export const bookSides = ['internal', 'broker'] as const;
export type BookSide = (typeof bookSides)[number];

/**
 * One execution as one side saw it. A run holds a million of these a side, so a record is one flat object: its
 * reader sets every property, always in this order, and shares equal texts between records (about 250 bytes each).
 */
export interface TradeRecord {
  /** Index of the upload within the run's side; 0 when there is one. With `line` it names the row. */
  readonly upload: number;
  readonly line: number;
  readonly tradeId?: string | undefined;
  readonly account: string;
  readonly symbol: string;
  readonly side: TradeSide;
  readonly quantity: Decimal;
  readonly price: Decimal;
  /** Three capital letters. */
  readonly currency: string;
  /** The trade date its profile says, as `yyyy-MM-dd`. */
  readonly tradeDate: string;
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly tradeTime: number;
  /** `yyyy-MM-dd`. */
  readonly settlementDate?: string | undefined;
  readonly counterparty?: string | undefined;
  /** Of either sign: a rebate is a negative fee. */
  readonly fees?: Decimal | undefined;
  /** Only where the cross-reference resolved the symbol: how it was written, and by which version. */
  readonly alias?: { readonly written: string; readonly version: number } | undefined;
}

/** How people and results name a record: its trade id, else `#line` (`#upload:line` after the first upload). */
export function recordReference(record: TradeRecord): string {
  if (record.tradeId !== undefined) return record.tradeId;
  return record.upload === 0 ? `#${record.line}` : `#${record.upload}:${record.line}`;
}
