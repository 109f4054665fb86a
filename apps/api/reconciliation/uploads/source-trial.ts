import { IsInt, IsOptional, Matches, Max, Min } from 'class-validator';
import { formatDecimal } from '../../../../domain/kernel/decimal.js';
import { compileProfile, type RowReject } from '../../../../domain/reconciliation/uploads/read-row.js';
import type { OtherMessages } from '../../../../domain/reconciliation/contract.js';
import type { MappingProfile } from '../../../../domain/reconciliation/uploads/mapping-profile.js';
import type { TradeRecord } from '../../../../domain/reconciliation/trade-record.js';
import { readRows } from '../../../worker/reconciliation/read-rows.js';
import { unreadable } from '../../../worker/reconciliation/unreadable.js';

/** In bytes: the beginning of a file shows how it is written. */
export const largestSample = 1024 * 1024;
const defaultRows = 20;

export class TrialQuery {
  @IsOptional() @IsInt() @Min(1) @Max(100) limit?: number;
  @IsOptional()
  @Matches(/^[1-9]\d{0,8}$/, { message: '$property must be a version: 1 or more' })
  version?: string;
}

/** A row as it would be read, or why it would not be. */
export type TriedRow =
  | { readonly line: number; readonly record: Readonly<Record<string, string>> }
  | { readonly line: number; readonly reject: Omit<RowReject, 'line'> };

export interface Trial {
  readonly name: string;
  readonly version: number;
  /** Of the whole sample. */
  readonly accepted: number;
  readonly rejected: number;
  /** Of its first rows. */
  readonly rows: readonly TriedRow[];
  readonly otherMessages: readonly OtherMessages[];
}

/**
 * Reads a sample as an upload would be read, and keeps nothing of it.
 *
 * @param sample small enough for this process
 * @throws Rejected `reconciliation.unreadable-upload` as for an upload
 */
export async function tryProfile(
  profile: MappingProfile,
  sample: Uint8Array,
  limit = defaultRows,
): Promise<Omit<Trial, 'name' | 'version'>> {
  const compiled = compileProfile(profile);
  if ('problems' in compiled) throw unreadable('its profile cannot be used', compiled.problems);
  const read = readRows(() => [sample], compiled.reader);
  const rows: TriedRow[] = [];
  let accepted = 0;
  let rejected = 0;
  let next = await read.next();
  for (; next.done !== true; next = await read.next()) {
    for (const row of next.value) {
      if ('record' in row) accepted += 1;
      else rejected += 1;
      if (rows.length < limit) rows.push(triedRow(row));
    }
  }
  return { accepted, rejected, rows, otherMessages: next.value };
}

function triedRow(row: { readonly record: TradeRecord } | { readonly reject: RowReject }): TriedRow {
  if ('reject' in row) {
    const { line, field, reason } = row.reject;
    return { line, reject: { field, reason } };
  }
  const { line, upload: _upload, quantity, price, fees, tradeTime, alias: _alias, ...texts } = row.record;
  const written = {
    ...texts,
    quantity: formatDecimal(quantity),
    price: formatDecimal(price),
    tradeTime: new Date(tradeTime).toISOString(),
    fees: fees === undefined ? undefined : formatDecimal(fees),
  };
  const sent = Object.entries(written).flatMap(([field, text]) =>
    text === undefined ? [] : [[field, text] as const],
  );
  return { line, record: Object.fromEntries(sent) };
}
