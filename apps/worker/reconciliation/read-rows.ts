import { parse, type Info } from 'csv-parse';
import { Readable, pipeline } from 'node:stream';
import { Rejected, codeOf, messageOf } from '../../../domain/kernel/errors.js';
import type { MappingProfile } from '../../../domain/reconciliation/mapping-profile.js';
import type { ProfileReader, RowResult } from '../../../domain/reconciliation/read-row.js';
import { FixLog } from '../../../domain/reconciliation/reading/fix/fix-log.js';
import type { OtherMessages } from '../../../domain/reconciliation/reading/fix/other-messages.js';
import { longestLine } from '../../../domain/reconciliation/reading/line-splitter.js';
import { NdjsonFile } from '../../../domain/reconciliation/reading/ndjson/ndjson-file.js';

/** Gives the bytes of the file from its beginning; a FIX log is read twice. */
export type OpenFile = () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

interface CsvRow {
  readonly record: readonly string[];
  readonly info: Info;
}

/**
 * The rows of a file in its order, whatever its format; what a FIX log holds beside them is the generator's result. No
 * more than a chunk and a row are held, and for a FIX log what `ExecutionChanges` says.
 *
 * @throws Rejected `reconciliation.unreadable-upload` when the file as a whole is not what its profile says
 */
export async function* readRows(
  open: OpenFile,
  reader: ProfileReader,
): AsyncGenerator<RowResult, readonly OtherMessages[]> {
  switch (reader.profile.format) {
    case 'csv':
      yield* csvRows(open(), reader);
      return [];
    case 'ndjson':
      yield* ndjsonRows(open(), reader);
      return [];
    case 'fix':
      return yield* fixRows(open, reader);
  }
}

async function* ndjsonRows(bytes: ReturnType<OpenFile>, reader: ProfileReader): AsyncIterable<RowResult> {
  const file = new NdjsonFile(reader);
  for await (const chunk of bytes) yield* file.read(latin1(chunk));
  yield* file.read(undefined);
}

async function* fixRows(
  open: OpenFile,
  reader: ProfileReader,
): AsyncGenerator<RowResult, readonly OtherMessages[]> {
  const log = new FixLog(reader);
  for await (const chunk of open()) log.survey(latin1(chunk));
  log.survey(undefined);
  let isEmpty = true;
  for await (const chunk of open()) {
    isEmpty &&= chunk.byteLength === 0;
    yield* log.read(latin1(chunk));
  }
  yield* log.read(undefined);
  if (log.problem !== undefined && !isEmpty) throw unreadable(log.problem, []);
  return log.otherMessages;
}

/** One character a byte: lengths and sums are of bytes. */
function latin1(chunk: Uint8Array): string {
  return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('latin1');
}

async function* csvRows(bytes: ReturnType<OpenFile>, reader: ProfileReader): AsyncIterable<RowResult> {
  const { delimiter = ',' }: MappingProfile = reader.profile;
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
  let headed = false;
  try {
    for await (const row of parser) {
      const { record, info } = row as CsvRow;
      if (headed) yield reader.row(info.lines, record);
      else {
        const problems = reader.header(record);
        if (problems.length > 0)
          throw unreadable('the first row is not the header that its profile names', problems);
        headed = true;
      }
    }
  } catch (error) {
    if (error instanceof Rejected || !String(codeOf(error)).startsWith('CSV_')) throw error;
    throw unreadable(`it cannot be read as CSV: ${messageOf(error)}`, []);
  }
}

/** @throws Rejected naming the place of the first byte that is no UTF-8 */
async function* utf8(chunks: ReturnType<OpenFile>): AsyncIterable<string> {
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

export function unreadable(
  what: string,
  problems: readonly { readonly field: string; readonly reason: string }[],
): Rejected {
  return new Rejected('reconciliation.unreadable-upload', `the file is not what its profile says: ${what}`, {
    problems: problems.map(({ field, reason }) => ({ field, reason })),
  });
}
