import type { ProfileReader, RowResult } from '../../../domain/reconciliation/uploads/read-row.js';
import { FixLog } from '../../../domain/reconciliation/reading/fix/fix-log.js';
import type { OtherMessages } from '../../../domain/reconciliation/reading/fix/other-messages.js';
import { NdjsonFile } from '../../../domain/reconciliation/reading/ndjson/ndjson-file.js';
import { csvRows } from './csv-rows.js';
import { unreadable } from './unreadable.js';

/** Gives the bytes of the file from its beginning; a FIX log is read twice. */
export type OpenFile = () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/**
 * The rows of a file in its order, whatever its format, those of a chunk at once; what a FIX log holds beside them is
 * the generator's result. No more than a chunk, its rows and a row are held, and for a FIX log what `ExecutionChanges`
 * says.
 *
 * @throws Rejected `reconciliation.unreadable-upload` when the file as a whole is not what its profile says
 */
export async function* readRows(
  open: OpenFile,
  reader: ProfileReader,
): AsyncGenerator<readonly RowResult[], readonly OtherMessages[]> {
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

async function* ndjsonRows(
  bytes: ReturnType<OpenFile>,
  reader: ProfileReader,
): AsyncIterable<readonly RowResult[]> {
  const file = new NdjsonFile(reader);
  for await (const chunk of bytes) yield [...file.read(latin1(chunk))];
  yield [...file.read(undefined)];
}

async function* fixRows(
  open: OpenFile,
  reader: ProfileReader,
): AsyncGenerator<readonly RowResult[], readonly OtherMessages[]> {
  const log = new FixLog(reader);
  for await (const chunk of open()) log.survey(latin1(chunk));
  log.survey(undefined);
  let isEmpty = true;
  for await (const chunk of open()) {
    isEmpty &&= chunk.byteLength === 0;
    yield [...log.read(latin1(chunk))];
  }
  yield [...log.read(undefined)];
  if (log.problem !== undefined && !isEmpty) throw unreadable(log.problem, []);
  return log.otherMessages;
}

/** One character a byte: lengths and sums are of bytes. */
function latin1(chunk: Uint8Array): string {
  return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('latin1');
}
