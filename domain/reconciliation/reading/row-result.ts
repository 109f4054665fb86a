import { type TradeField } from '../uploads/mapping-profile.js';
import { type TradeRecord } from '../trade-record.js';

/** A row that could not be read: where, which field (`row` for the row itself), and why. */
export interface RowReject {
  readonly line: number;
  readonly field: TradeField | 'row';
  readonly reason: string;
}

export type RowResult = { readonly record: TradeRecord } | { readonly reject: RowReject };
