import type { BreakTerms } from '../breaks/events.js';
import type { BookSide, TradeRecord } from '../trade-record.js';
import { recordName } from './named-records.js';
import type { CarryForward } from './terms.js';

/** A record that a run left unmatched, and the break that says so. */
export interface OpenRecord {
  readonly side: BookSide;
  readonly uploadId: string;
  readonly record: TradeRecord;
  readonly terms: BreakTerms;
}

/** A record of earlier runs that takes part in this one; more than one break when more than one run left it unmatched. */
export interface CarriedRecord {
  readonly side: BookSide;
  readonly uploadId: string;
  readonly record: TradeRecord;
  readonly breaks: readonly BreakTerms[];
}

/** A record of one of the run's own uploads. */
export interface OwnRecord {
  readonly uploadId: string;
  readonly record: TradeRecord;
}

/**
 * The records that are carried forward: not cleared since, not too old, each once. They are given places behind those
 * of the run's own uploads, so that every record of a side still has a place of its own.
 *
 * @param open in the order of the runs
 * @param ownUploads how many uploads of its own each side has
 */
export function carriedRecords(
  open: readonly OpenRecord[],
  cleared: ReadonlySet<string>,
  { from }: CarryForward,
  ownUploads: Readonly<Record<BookSide, number>>,
): readonly CarriedRecord[] {
  const carried = new Map<string, CarriedRecord>();
  const places: Record<BookSide, Map<string, number>> = { internal: new Map(), broker: new Map() };
  for (const { side, uploadId, record, terms } of open) {
    if (cleared.has(terms.breakId) || record.tradeDate < from) continue;
    const name = recordName(side, uploadId, record.line);
    const before = carried.get(name);
    if (before) {
      carried.set(name, { ...before, breaks: [...before.breaks, terms] });
      continue;
    }
    const own = places[side];
    const upload = own.get(uploadId) ?? ownUploads[side] + own.size;
    own.set(uploadId, upload);
    carried.set(name, { side, uploadId, record: { ...record, upload }, breaks: [terms] });
  }
  return [...carried.values()];
}

/**
 * Which of its own records a run that carries takes in: those of its trade date, and those that come late. What an
 * earlier run judged already, or is carried, does not come again.
 */
export function takesIn(
  tradeDate: string,
  { from, runs }: CarryForward,
  carried: readonly CarriedRecord[],
): (own: OwnRecord) => boolean {
  const isCarried = new Set(carried.map(({ uploadId, record }) => `${uploadId} ${record.line}`));
  const judged = (uploadId: string, date: string): boolean =>
    runs.some((run) => run.uploads.includes(uploadId) && date >= run.from && date <= run.tradeDate);
  return ({ uploadId, record }) => {
    if (isCarried.has(`${uploadId} ${record.line}`)) return false;
    if (record.tradeDate === tradeDate) return true;
    return record.tradeDate >= from && record.tradeDate < tradeDate && !judged(uploadId, record.tradeDate);
  };
}
