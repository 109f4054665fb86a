import {
  DuckDBDataChunk,
  DuckDBDecimalValue,
  DuckDBInstance,
  DuckDBListValue,
  DuckDBTimestampMillisecondsValue,
  BIGINT,
  DECIMAL,
  DOUBLE,
  LIST,
  TIMESTAMP_MS,
  VARCHAR,
  type DuckDBConnection,
  type DuckDBType,
  type DuckDBValue,
} from '@duckdb/node-api';
import { InvariantBroken } from '../../domain/kernel/errors.js';
import type { ObjectReference, ObjectStore } from '../../domain/kernel/ports/object-store.js';

/** What a cell holds: `decimal` is a bigint of 10^-12 (domain/kernel/decimal), `instant` milliseconds since 1970. */
export type ColumnKind = 'text' | 'integer' | 'decimal' | 'instant' | 'fraction' | 'texts';

interface CellOf {
  readonly text: string;
  readonly integer: number;
  readonly decimal: bigint;
  readonly instant: number;
  readonly fraction: number;
  readonly texts: readonly string[];
}

/** The columns of a table, in order. Every cell may be missing. */
export type Columns = Readonly<Record<string, ColumnKind>>;

export type Row<Table extends Columns> = {
  readonly [Name in keyof Table]: CellOf[Table[Name]] | undefined;
};

export interface ColumnObject extends ObjectReference {
  readonly rows: number;
}

export interface RowRange {
  /** Index of the first row. Default 0. */
  readonly from?: number;
  readonly limit?: number;
  /** Exact matches on text columns. */
  readonly where?: Readonly<Record<string, string>>;
}

const types: Readonly<Record<ColumnKind, { readonly sql: string; readonly type: DuckDBType }>> = {
  text: { sql: 'VARCHAR', type: VARCHAR },
  integer: { sql: 'BIGINT', type: BIGINT },
  decimal: { sql: 'DECIMAL(38,12)', type: DECIMAL(38, 12) },
  instant: { sql: 'TIMESTAMP_MS', type: TIMESTAMP_MS },
  fraction: { sql: 'DOUBLE', type: DOUBLE },
  texts: { sql: 'VARCHAR[]', type: LIST(VARCHAR) },
};

/** DuckDB takes at most this many rows in one chunk. */
const chunkRows = 2048;

/** Tables as Parquet files in the object store, written and read in place by DuckDB. */
export class ColumnStore {
  private connecting: Promise<DuckDBConnection> | undefined;

  constructor(private readonly objects: ObjectStore) {}

  /** Stores rows in the order given; the same rows make the same object. */
  async write<Table extends Columns>(
    table: Table,
    rows: AsyncIterable<Row<Table>> | Iterable<Row<Table>>,
  ): Promise<ColumnObject> {
    const connection = await this.newConnection();
    const path = this.objects.temporaryPath();
    try {
      const names = Object.keys(table);
      const definitions = names.map((name) => `${quoted(name)} ${types[kindOf(table, name)].sql}`);
      await connection.run(`CREATE TABLE rows (${definitions.join(', ')})`);
      const count = await append(connection, table, rows);
      await connection.run(`COPY rows TO '${path}' (FORMAT parquet, COMPRESSION zstd)`);
      return { ...(await this.objects.putFile(path)), rows: count };
    } finally {
      connection.closeSync();
    }
  }

  /** Rows in their stored order, in batches. */
  async *read<Table extends Columns>(
    table: Table,
    sha256: string,
    { from = 0, limit, where = {} }: RowRange = {},
  ): AsyncIterable<readonly Row<Table>[]> {
    const names = Object.keys(table);
    const conditions = Object.keys(where).map((name, index) => `${quoted(name)} = $${index + 1}`);
    const statement = [
      `SELECT ${names.map((name) => selected(table, name)).join(', ')} FROM read_parquet('${this.objects.localPath(sha256)}')`,
      conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '',
      limit === undefined ? '' : `LIMIT ${Math.trunc(limit)}`,
      from > 0 ? `OFFSET ${Math.trunc(from)}` : '',
    ].join(' ');
    this.connecting ??= this.newConnection();
    const result = await (await this.connecting).stream(statement, Object.values(where));
    for await (const chunk of result) yield rowsOf(table, names, chunk.getColumns());
  }

  private async newConnection(): Promise<DuckDBConnection> {
    const instance = await DuckDBInstance.create(':memory:', {
      // One thread writes rows in their order, so that the same rows make the same bytes.
      threads: '1',
      memory_limit: '1GB',
      temp_directory: this.objects.temporaryPath(),
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
    });
    return instance.connect();
  }
}

async function append<Table extends Columns>(
  connection: DuckDBConnection,
  table: Table,
  rows: AsyncIterable<Row<Table>> | Iterable<Row<Table>>,
): Promise<number> {
  const names = Object.keys(table);
  const appender = await connection.createAppender('rows');
  let waiting: Row<Table>[] = [];
  let count = 0;
  const flush = (): void => {
    if (waiting.length === 0) return;
    const chunk = DuckDBDataChunk.create(
      names.map((name) => types[kindOf(table, name)].type),
      waiting.length,
    );
    chunk.setColumns(names.map((name) => waiting.map((row) => toCell(kindOf(table, name), row[name]))));
    appender.appendDataChunk(chunk);
    count += waiting.length;
    waiting = [];
  };
  for await (const row of rows) {
    waiting.push(row);
    if (waiting.length === chunkRows) flush();
  }
  flush();
  appender.closeSync();
  return count;
}

function toCell(kind: ColumnKind, value: CellOf[ColumnKind] | undefined): DuckDBValue {
  if (value === undefined) return null;
  if (typeof value === 'bigint') return new DuckDBDecimalValue(value, 38, 12);
  if (typeof value === 'number') {
    if (kind === 'fraction') return value;
    return kind === 'instant' ? new DuckDBTimestampMillisecondsValue(BigInt(value)) : BigInt(value);
  }
  return typeof value === 'string' ? value : new DuckDBListValue([...value]);
}

function rowsOf<Table extends Columns>(
  table: Table,
  names: readonly string[],
  columns: readonly (readonly DuckDBValue[])[],
): readonly Row<Table>[] {
  return (columns[0] ?? []).map((_cell, index) => {
    const cells = names.map(
      (name, column) => [name, fromCell(kindOf(table, name), columns[column]?.[index])] as const,
    );
    // The cells were read column by column after the table, which is what the type says.
    return Object.fromEntries(cells) as Row<Table>;
  });
}

function fromCell(kind: ColumnKind, cell: DuckDBValue | undefined): CellOf[ColumnKind] | undefined {
  if (cell === null || cell === undefined) return undefined;
  if (typeof cell === 'string' || typeof cell === 'number') return cell;
  if (typeof cell === 'bigint') return Number(cell);
  if (cell instanceof DuckDBDecimalValue) return cell.value;
  if (cell instanceof DuckDBListValue) return cell.items.map(String);
  throw new InvariantBroken('columns.unexpected-cell', `a ${kind} column holds something else`);
}

/** Parquet gives back microseconds where milliseconds were stored. */
function selected(table: Columns, name: string): string {
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
