import { formatDecimal, multiplyDecimals } from '../../kernel/decimal.js';
import type { Break } from '../matching/result.js';
import { recordReference, type BookSide, type TradeRecord } from '../trade-record.js';

type Books = Readonly<Record<BookSide, readonly TradeRecord[]>>;

/** Where a record stands in its run: no two records of a side share it. */
export function placeOf(side: BookSide, { upload, line }: TradeRecord): string {
  return `${side} ${upload}:${line}`;
}

/** A record of whatever run: no two have the same. */
export function recordName(side: BookSide, uploadId: string, line: number): string {
  return `${side} ${uploadId} ${line}`;
}

/** Finds the records that breaks name. Two of a side may share a trade id: what they are worth tells them apart. */
export class NamedRecords {
  private readonly byName: Readonly<Record<BookSide, ReadonlyMap<string, readonly TradeRecord[]>>>;

  constructor(breaks: readonly Break[], books: Books) {
    this.byName = {
      internal: recordsNamed(
        breaks.flatMap(({ internal }) => internal),
        books.internal,
      ),
      broker: recordsNamed(
        breaks.flatMap(({ broker }) => broker),
        books.broker,
      ),
    };
  }

  /** Whether a break names a record so. */
  isNamed(side: BookSide, record: TradeRecord): boolean {
    return this.byName[side].size > 0 && this.byName[side].has(recordReference(record));
  }

  /** @param taken places that are spoken for already, by a match or by another break */
  find(
    side: BookSide,
    name: string,
    { notional }: Pick<Break, 'notional'>,
    taken: ReadonlySet<string> = new Set(),
  ): TradeRecord | undefined {
    const found = (this.byName[side].get(name) ?? []).filter((one) => !taken.has(placeOf(side, one)));
    return found.find((one) => notionalOf(one) === notional) ?? found[0];
  }
}

function recordsNamed(
  names: readonly string[],
  records: readonly TradeRecord[],
): ReadonlyMap<string, readonly TradeRecord[]> {
  const found = new Map<string, TradeRecord[]>(names.map((name) => [name, []]));
  if (found.size > 0) for (const record of records) found.get(recordReference(record))?.push(record);
  return found;
}

function notionalOf({ quantity, price }: TradeRecord): string {
  return formatDecimal(multiplyDecimals(quantity, price));
}
