import { parse, type Info } from 'csv-parse';
import { Readable, pipeline } from 'node:stream';
import { Rejected, codeOf, messageOf } from '../../../domain/kernel/errors.js';
import type { UploadRecorded } from '../../../domain/reconciliation/events.js';
import type { MappingProfile } from '../../../domain/reconciliation/mapping-profile.js';
import {
  compileProfile,
  type ProfileReader,
  type RowReject,
} from '../../../domain/reconciliation/read-row.js';
import type { ComputationTools } from '../../../infra/engine/jobs/computation.js';
import { rejectColumns, tradeColumns } from '../../../projections/reconciliation/columns.js';
import { toTradeRow } from './trade-rows.js';

export interface ReadUploadInput {
  /** The file as it came. */
  readonly sha256: string;
  readonly profile: MappingProfile;
}

export type ReadUploadOutput = Pick<
  UploadRecorded,
  'rows' | 'accepted' | 'rejected' | 'timeResolution' | 'records' | 'rejects'
>;

interface CsvRow {
  readonly record: readonly string[];
  readonly info: Info;
}

/** A reason quotes what it found; a page of reasons must stay a page. */
const longestReason = 300;
/** A longer line is no row of a trade file. */
const longestRow = 65_536;

/**
 * Reads a stored file by its profile: accepted records and rejects as columns.
 *
 * @throws Rejected when the file as a whole is not what its profile says
 */
export async function readUpload(
  { sha256, profile }: ReadUploadInput,
  { objects, columns }: ComputationTools,
): Promise<ReadUploadOutput> {
  const compiled = compileProfile(profile);
  if ('problems' in compiled) throw unreadable('its profile cannot be used', compiled.problems);
  const { reader } = compiled;
  const rejects: RowReject[] = [];
  const accepted = async function* () {
    for await (const row of rowsOf(objects.get(sha256), profile, reader)) {
      if ('reject' in row) rejects.push({ ...row.reject, reason: row.reject.reason.slice(0, longestReason) });
      else yield toTradeRow(row.record);
    }
  };
  const records = await columns.write(tradeColumns, accepted());
  if (records.rows + rejects.length === 0)
    throw new Rejected('reconciliation.empty-upload', 'the file holds no rows');
  return {
    rows: records.rows + rejects.length,
    accepted: records.rows,
    rejected: rejects.length,
    timeResolution: reader.timeResolution,
    records,
    rejects: await columns.write(rejectColumns, rejects),
  };
}

async function* rowsOf(
  bytes: AsyncIterable<Uint8Array>,
  { delimiter = ',' }: MappingProfile,
  reader: ProfileReader,
) {
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
      max_record_size: longestRow,
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
async function* utf8(chunks: AsyncIterable<Uint8Array>): AsyncIterable<string> {
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

function unreadable(
  what: string,
  problems: readonly { readonly field: string; readonly reason: string }[],
): Rejected {
  return new Rejected('reconciliation.unreadable-upload', `the file is not what its profile says: ${what}`, {
    problems: problems.map(({ field, reason }) => ({ field, reason })),
  });
}
