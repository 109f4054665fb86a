import { parse, type Info } from 'csv-parse';
import { Readable, pipeline } from 'node:stream';
import { Rejected, codeOf, messageOf } from '../../../domain/kernel/errors.js';
import type { ProfileReader, RowResult } from '../../../domain/reconciliation/uploads/read-row.js';
import { longestLine } from '../../../domain/reconciliation/reading/line-splitter.js';
import { PlainCsv, type CsvRow } from './plain-csv.js';
import { unreadable } from './unreadable.js';

type Bytes = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

interface ParsedRow {
  readonly record: string[];
  readonly info: Info;
}

/** So many rows of the parser are given at once. */
const rowsAtOnce = 512;

/**
 * The rows of a CSV file, as its profile reads them.
 *
 * @throws Rejected `reconciliation.unreadable-upload`
 */
export async function* csvRows(bytes: Bytes, reader: ProfileReader): AsyncIterable<readonly RowResult[]> {
  const { delimiter = ',' } = reader.profile;
  let headed = false;
  for await (const rows of cellsOf(bytes, delimiter)) {
    const [first] = rows;
    if (first === undefined) continue;
    if (!headed) {
      const problems = reader.header(first.cells);
      if (problems.length > 0)
        throw unreadable('the first row is not the header that its profile names', problems);
    }
    yield (headed ? rows : rows.slice(1)).map(({ line, cells }) => reader.row(line, cells));
    headed = true;
  }
}

/** Split while that is enough, parsed from there on. */
async function* cellsOf(bytes: Bytes, delimiter: string): AsyncIterable<readonly CsvRow[]> {
  const chunks = Symbol.asyncIterator in bytes ? bytes[Symbol.asyncIterator]() : bytes[Symbol.iterator]();
  const plain = new PlainCsv(delimiter);
  for (let next = await chunks.next(); ; next = await chunks.next()) {
    const rows = next.done === true ? plain.end() : plain.push(next.value);
    if (!rows) break;
    yield rows;
    if (next.done === true) return;
  }
  yield* parsed(restOf(plain, chunks), delimiter);
}

/** An empty line is no row, and counts: the parser tells the lines of the file. */
async function* restOf(
  { lines, left }: PlainCsv,
  chunks: AsyncIterator<Uint8Array> | Iterator<Uint8Array>,
): AsyncIterable<Uint8Array> {
  yield Buffer.alloc(lines, '\n');
  yield left;
  for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value;
}

async function* parsed(bytes: Bytes, delimiter: string): AsyncIterable<readonly CsvRow[]> {
  const parser = pipeline(
    Readable.from(utf8(bytes)),
    parse({
      delimiter,
      // Found out from the first row alone, a file put together from two systems would lose rows.
      record_delimiter: ['\r\n', '\n', '\r'],
      bom: true,
      info: true,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      max_record_size: longestLine,
    }),
    // An error of either reaches whoever reads the rows.
    () => undefined,
  );
  let rows: CsvRow[] = [];
  try {
    for await (const row of parser) {
      const { record, info } = row as ParsedRow;
      rows.push({ line: info.lines, cells: record });
      if (rows.length < rowsAtOnce) continue;
      yield rows;
      rows = [];
    }
    yield rows;
  } catch (error) {
    if (error instanceof Rejected || !String(codeOf(error)).startsWith('CSV_')) throw error;
    throw unreadable(`it cannot be read as CSV: ${messageOf(error)}`, []);
  }
}

/** @throws Rejected naming the place of the first byte that is no UTF-8 */
async function* utf8(chunks: Bytes): AsyncIterable<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let line = 1;
  const decode = (bytes?: Uint8Array): string => {
    try {
      return bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode();
    } catch {
      throw unreadable(`it is not UTF-8, at or after line ${line}`, []);
    }
  };
  for await (const chunk of chunks) {
    // Line by line only where it matters: the decoder says that something is wrong, not where.
    const text = decode(chunk);
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) line++;
    yield text;
  }
  yield decode();
}
