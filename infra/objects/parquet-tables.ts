import { DuckDBDataChunk, DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { InvariantBroken } from '../../domain/kernel/errors.js';
import type { ObjectStore } from '../../domain/kernel/ports/object-store.js';
import { ColumnReader, columnTypes, toCell, type Cell, type ColumnKind } from './column-cells.js';
import type { ColumnObject, Columns, Row, RowRange, Rows } from './column-rows.js';

/** DuckDB takes at most this many rows in one chunk. */
const chunkRows = 2048;

/** Writes and reads Parquet files of the object store in place, by DuckDB. */
export class ParquetTables {
  private reading: Promise<DuckDBConnection> | undefined;

  constructor(private readonly objects: ObjectStore) {}

  async write<Table extends Columns>(table: Table, rows: Rows<Table>): Promise<ColumnObject> {
    const instance = await this.newInstance();
    const connection = await instance.connect();
    const path = this.objects.temporaryPath();
    try {
      const definitions = Object.entries(table).map(
        ([name, kind]) => `${quoted(name)} ${columnTypes[kind].sql}`,
      );
      await connection.run(`CREATE TABLE rows (${definitions.join(', ')})`);
      const count = await append(connection, table, rows);
      await connection.run(`COPY rows TO '${path}' (FORMAT parquet, COMPRESSION zstd)`);
      return { ...(await this.objects.putFile(path)), rows: count };
    } finally {
      connection.closeSync();
      // It holds the table: left to the collector, several of a million rows stand beside each other.
      instance.closeSync();
    }
  }

  async *read<Table extends Columns>(
    table: Table,
    sha256: string,
    { from = 0, limit, where = {} }: RowRange = {},
  ): AsyncIterable<readonly Row<Table>[]> {
    const names = Object.keys(table);
    const wanted: string[] = [];
    const conditions = Object.entries(where).map(([name, values]) => {
      const places = [values].flat().map((value) => `$${wanted.push(value)}`);
      return places.length > 0 ? `${quoted(name)} IN (${places.join(', ')})` : 'false';
    });
    const numbers = Object.values(table).includes('ordinal') ? ', file_row_number = true' : '';
    const statement = [
      `SELECT ${names.map((name) => selected(table, name)).join(', ')} FROM read_parquet('${this.objects.localPath(sha256)}'${numbers})`,
      conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '',
      limit === undefined ? '' : `LIMIT ${Math.trunc(limit)}`,
      from > 0 ? `OFFSET ${Math.trunc(from)}` : '',
    ].join(' ');
    this.reading ??= this.newInstance().then((instance) => instance.connect());
    const result = await (await this.reading).stream(statement, wanted);
    const readers = names.map((name) => ({ name, reader: new ColumnReader(kindOf(table, name)) }));
    for await (const chunk of result) yield rowsOf(readers, chunk);
  }

  private newInstance(): Promise<DuckDBInstance> {
    return DuckDBInstance.create(':memory:', {
      // One thread writes rows in their order, so that the same rows make the same bytes.
      threads: '1',
      // Beyond it a table that is being written goes to the disk.
      memory_limit: '1GB',
      temp_directory: this.objects.temporaryPath(),
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
    });
  }
}

async function append<Table extends Columns>(
  connection: DuckDBConnection,
  table: Table,
  rows: Rows<Table>,
): Promise<number> {
  const columns = Object.entries(table);
  const types = columns.map(([, kind]) => columnTypes[kind].type);
  const appender = await connection.createAppender('rows');
  // One for all: a chunk's memory, some megabytes, is given back only once its small object is collected.
  const chunk = DuckDBDataChunk.create(types);
  let waiting: Row<Table>[] = [];
  let count = 0;
  const flush = (): void => {
    if (waiting.length === 0) return;
    chunk.reset();
    chunk.rowCount = waiting.length;
    for (const [column, [name, kind]] of columns.entries()) {
      const vector = chunk.getColumnVector(column);
      for (const [row, cells] of waiting.entries()) vector.setItem(row, toCell(kind, cells[name]));
      vector.flush();
    }
    appender.appendDataChunk(chunk);
    count += waiting.length;
    waiting = [];
  };
  const add = (row: Row<Table>): void => {
    waiting.push(row);
    if (waiting.length === chunkRows) flush();
  };
  if (Symbol.iterator in rows) for (const row of rows) add(row);
  else for await (const piece of rows) for (const row of piece) add(row);
  flush();
  appender.closeSync();
  return count;
}

function rowsOf<Table extends Columns>(
  readers: readonly { readonly name: string; readonly reader: ColumnReader }[],
  chunk: DuckDBDataChunk,
): readonly Row<Table>[] {
  const rows = Array.from({ length: chunk.rowCount }, (): Record<string, Cell | undefined> => ({}));
  for (const [column, { name, reader }] of readers.entries()) {
    const vector = chunk.getColumnVector(column);
    for (const [index, row] of rows.entries()) row[name] = reader.cell(vector, index);
  }
  // The cells were read column by column after the table, which is what the type says.
  return rows as Row<Table>[];
}

/** Parquet gives back microseconds where milliseconds were stored. */
function selected(table: Columns, name: string): string {
  if (kindOf(table, name) === 'ordinal') return `file_row_number AS ${quoted(name)}`;
  return kindOf(table, name) === 'instant' ? `epoch_ms(${quoted(name)})` : quoted(name);
}

function kindOf(table: Columns, name: string): ColumnKind {
  const kind = table[name];
  if (!kind) throw new InvariantBroken('columns.unknown-column', `there is no column ${name}`);
  return kind;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
