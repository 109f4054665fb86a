import {
  BIGINT,
  DECIMAL,
  DOUBLE,
  DuckDBDecimal128Vector,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBTimestampMillisecondsValue,
  LIST,
  TIMESTAMP_MS,
  VARCHAR,
  type DuckDBType,
  type DuckDBValue,
  type DuckDBVector,
} from '@duckdb/node-api';
import { InvariantBroken } from '../../domain/kernel/errors.js';

/**
 * What a cell holds: `decimal` is a bigint of 10^-12 (domain/kernel/decimal), `instant` milliseconds since 1970;
 * `ordinal` is the index of its row, which is read and not written.
 */
export type ColumnKind = 'text' | 'integer' | 'decimal' | 'instant' | 'fraction' | 'texts' | 'ordinal';

export interface CellOf {
  readonly text: string;
  readonly integer: number;
  readonly decimal: bigint;
  readonly instant: number;
  readonly fraction: number;
  readonly texts: readonly string[];
  readonly ordinal: number;
}

export type Cell = CellOf[ColumnKind];

export const columnTypes: Readonly<Record<ColumnKind, { readonly sql: string; readonly type: DuckDBType }>> =
  {
    text: { sql: 'VARCHAR', type: VARCHAR },
    integer: { sql: 'BIGINT', type: BIGINT },
    decimal: { sql: 'DECIMAL(38,12)', type: DECIMAL(38, 12) },
    instant: { sql: 'TIMESTAMP_MS', type: TIMESTAMP_MS },
    fraction: { sql: 'DOUBLE', type: DOUBLE },
    texts: { sql: 'VARCHAR[]', type: LIST(VARCHAR) },
    ordinal: { sql: 'BIGINT', type: BIGINT },
  };

/** So many values of a column are remembered; they are asked for no more where they came again fewer times. */
const mostShared = 20_000;

/**
 * Reads the cells of one column. Equal ones are one value in memory: a million trades have few accounts, symbols and
 * quantities, and nearly all that a record weighs are its values.
 */
export class ColumnReader {
  private readonly shared = new Map<string | bigint, string | bigint>();
  private hits = 0;

  constructor(private readonly kind: ColumnKind) {}

  cell(vector: DuckDBVector, row: number): Cell | undefined {
    // Asked for as it is: an object around each of millions of numbers is work for the collector alone.
    const cell = vector instanceof DuckDBDecimal128Vector ? vector.getScaledValue(row) : vector.getItem(row);
    if (cell === null) return undefined;
    if (typeof cell === 'string') return this.share(cell);
    if (typeof cell === 'number') return cell;
    if (typeof cell === 'bigint') return this.kind === 'decimal' ? this.share(cell) : Number(cell);
    if (cell instanceof DuckDBListValue) return cell.items.map(String);
    throw new InvariantBroken('columns.unexpected-cell', `a ${this.kind} column holds something else`);
  }

  private share(value: string | bigint): string | bigint {
    const isFull = this.shared.size === mostShared;
    // As trade ids do: looking for each of them would be in vain.
    if (isFull && this.hits < mostShared) return value;
    const known = this.shared.get(value);
    if (known !== undefined) {
      this.hits += 1;
      return known;
    }
    if (!isFull) this.shared.set(value, value);
    return value;
  }
}

export function toCell(kind: ColumnKind, value: Cell | undefined): DuckDBValue {
  if (value === undefined) return null;
  if (typeof value === 'bigint') return new DuckDBDecimalValue(value, 38, 12);
  if (typeof value === 'number') {
    if (kind === 'fraction') return value;
    return kind === 'instant' ? new DuckDBTimestampMillisecondsValue(BigInt(value)) : BigInt(value);
  }
  return typeof value === 'string' ? value : new DuckDBListValue([...value]);
}
