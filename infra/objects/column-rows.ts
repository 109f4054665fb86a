import type { ObjectReference } from '../../domain/kernel/ports/object-store.js';
import type { CellOf, ColumnKind } from './column-cells.js';

/** The columns of a table, in order. Every cell may be missing. */
export type Columns = Readonly<Record<string, ColumnKind>>;

export type Row<Table extends Columns> = {
  readonly [Name in keyof Table]: CellOf[Table[Name]] | undefined;
};

/** Rows, or pieces of them as they come. */
export type Rows<Table extends Columns> = Iterable<Row<Table>> | AsyncIterable<readonly Row<Table>[]>;

export interface ColumnObject extends ObjectReference {
  readonly rows: number;
}

export interface RowRange {
  /** Index of the first row. Default 0. */
  readonly from?: number;
  readonly limit?: number;
  /** Exact matches on columns of texts or integers: with a value, or with any of several. */
  readonly where?: Readonly<Record<string, string | readonly string[]>>;
}
