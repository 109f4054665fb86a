import { PassThrough } from 'node:stream';
import { once } from 'node:events';
import { Rejected } from '../../../domain/kernel/errors.js';
import type { UploadRecorded } from '../../../domain/reconciliation/uploads/events.js';
import type { MappingProfile } from '../../../domain/reconciliation/uploads/mapping-profile.js';
import { compileProfile, type RowReject } from '../../../domain/reconciliation/uploads/read-row.js';
import type { OtherMessages } from '../../../domain/reconciliation/reading/fix/other-messages.js';
import type { ComputationTools } from '../../../infra/engine/jobs/computation.js';
import { rejectColumns, tradeColumns } from '../../../projections/reconciliation/columns.js';
import { readRows } from './read-rows.js';
import { toTradeRow } from '../../objects/reconciliation/trade-rows.js';
import { unreadable } from './unreadable.js';

export interface ReadUploadInput {
  /** The file as it came. */
  readonly sha256: string;
  readonly profile: MappingProfile;
}

export type ReadUploadOutput = Pick<
  UploadRecorded,
  'rows' | 'accepted' | 'rejected' | 'timeResolution' | 'records' | 'rejects' | 'otherMessages'
>;

/** What a computation tells of a file that it reads. */
export interface ReadUploadProgress {
  readonly rows: number;
}

/** A reason quotes what it found; a page of reasons must stay a page. */
const longestReason = 300;
/** The rejects of so many chunks wait for their place in the table; a file may have nothing else. */
const mostWaiting = 16;
const rowsPerProgress = 20_000;

/**
 * Reads a stored file by its profile: accepted records and rejects as columns.
 *
 * @throws Rejected when the file as a whole is not what its profile says
 */
export async function readUpload(
  { sha256, profile }: ReadUploadInput,
  { objects, columns, progress }: ComputationTools,
): Promise<ReadUploadOutput> {
  const compiled = compileProfile(profile);
  if ('problems' in compiled) throw unreadable('its profile cannot be used', compiled.problems);
  const { reader } = compiled;
  const refused = new PassThrough({ objectMode: true, highWaterMark: mostWaiting });
  let rows = 0;
  let told = 0;
  let otherMessages: readonly OtherMessages[] = [];
  const accepted = async function* () {
    const found = readRows(() => objects.get(sha256), reader);
    let next = await found.next();
    for (; next.done !== true; next = await found.next()) {
      const records = next.value.flatMap((row) => ('record' in row ? [toTradeRow(row.record)] : []));
      const rejects = next.value.flatMap((row) => ('reject' in row ? [shortened(row.reject)] : []));
      rows += next.value.length;
      if (rows - told >= rowsPerProgress) {
        told = rows;
        progress({ rows } satisfies ReadUploadProgress);
      }
      if (records.length > 0) yield records;
      if (rejects.length > 0 && !refused.write(rejects))
        await Promise.race([once(refused, 'drain'), writing]);
    }
    otherMessages = next.value;
    refused.end();
  };
  // Both at once: neither waits for the other, and neither is held in memory.
  const writing = columns.write(rejectColumns, refused as AsyncIterable<readonly RowReject[]>);
  // Without a listener a failure before it is awaited would end the process.
  writing.catch(() => undefined);
  const records = await columns.write(tradeColumns, accepted()).catch((error: unknown) => {
    refused.destroy();
    throw error;
  });
  const rejects = await writing;
  if (records.rows + rejects.rows === 0)
    throw new Rejected('reconciliation.empty-upload', 'the file holds no rows', {
      otherMessages: otherMessages.map(({ name, count }) => ({ name, count })),
    });
  return {
    rows: records.rows + rejects.rows,
    accepted: records.rows,
    rejected: rejects.rows,
    timeResolution: reader.timeResolution,
    records,
    rejects,
    ...(otherMessages.length > 0 && { otherMessages }),
  };
}

function shortened(reject: RowReject): RowReject {
  return { ...reject, reason: reject.reason.slice(0, longestReason) };
}
