import type { OpenRecord } from '../../../domain/reconciliation/carry-forward/open-records.js';
import type { CarryForward, ContinuedRun } from '../../../domain/reconciliation/carry-forward/terms.js';
import { recordName } from '../../../domain/reconciliation/carry-forward/named-records.js';
import type { StoredObject } from '../../../domain/reconciliation/stored-object.js';
import type { Row } from '../../../infra/objects/column-rows.js';
import type { ColumnStore } from '../../../infra/objects/columns.js';
import { unmadeColumns } from '../../../projections/reconciliation/columns.js';
import { toBreakRow, toOpenRecord, toUnmatchedRow } from './break-rows.js';
import type { RestoredBreak } from '../../../domain/reconciliation/unmade-matches/events.js';

/** A record of a match that was unmade, with its break. */
export interface UnmadeRecord extends OpenRecord {
  /** It was carried into the run, where the match was: its own run still names it. */
  readonly isCarried: boolean;
}

export async function readUnmade(
  { sha256 }: StoredObject,
  columns: ColumnStore,
): Promise<readonly UnmadeRecord[]> {
  const records: UnmadeRecord[] = [];
  for await (const rows of columns.read(unmadeColumns, sha256))
    for (const { breakId: _breakId, clearing, ...row } of rows)
      records.push({ ...toOpenRecord(row), isCarried: clearing !== undefined });
  return records;
}

/** @param carried how the match had cleared the break of a record that was carried forward */
export function toUnmadeRow(
  open: OpenRecord,
  carried?: RestoredBreak['clearing'],
): Row<typeof unmadeColumns> {
  const { breakId, clearing } = toBreakRow({ terms: open.terms, ...(carried && { clearing: carried }) });
  return { ...toUnmatchedRow(open), breakId, clearing };
}

/** The matches that a run does not make, since they were unmade before: of each the `recordName`s of its records. */
export async function readKeptApart(
  carryForward: CarryForward | undefined,
  continues: ContinuedRun | undefined,
  columns: ColumnStore,
): Promise<readonly ReadonlySet<string>[]> {
  const before = [...(carryForward?.runs ?? []), ...(continues ? [continues] : [])];
  const objects = new Map(
    before
      .flatMap(({ unmade = [], unmadeBefore = [] }) => [
        ...unmade.map(({ records }) => records),
        ...unmadeBefore,
      ])
      .map((stored) => [stored.sha256, stored] as const),
  );
  const apart: ReadonlySet<string>[] = [];
  for (const stored of objects.values()) {
    const records = await readUnmade(stored, columns);
    apart.push(new Set(records.map(({ side, uploadId, record }) => recordName(side, uploadId, record.line))));
  }
  return apart;
}
