import type { ObjectStore } from '../../domain/kernel/ports/object-store.js';
import type { ColumnObject, Columns, Row, RowRange, Rows } from './column-rows.js';
import type { ParquetTables } from './parquet-tables.js';

/** Tables as Parquet files in the object store. */
export class ColumnStore {
  private loading: Promise<ParquetTables> | undefined;

  constructor(private readonly objects: ObjectStore) {}

  /** Stores rows in the order given; the same rows make the same object. */
  async write<Table extends Columns>(table: Table, rows: Rows<Table>): Promise<ColumnObject> {
    return (await this.tables()).write(table, rows);
  }

  /** Rows in their stored order, in batches. */
  async *read<Table extends Columns>(
    table: Table,
    sha256: string,
    range: RowRange = {},
  ): AsyncIterable<readonly Row<Table>[]> {
    yield* (await this.tables()).read(table, sha256, range);
  }

  /** DuckDB takes its time to load, and no start and no computation that reads no table should wait for it. */
  private tables(): Promise<ParquetTables> {
    this.loading ??= import('./parquet-tables.js').then(
      ({ ParquetTables: Tables }) => new Tables(this.objects),
    );
    return this.loading;
  }
}
