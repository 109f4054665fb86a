import { NO_EVENTS, TOMBSTONE_REVISION } from './head.js';
import { type LogRecord } from './record.js';
import { type Store } from './store.js';

/** What the check at the start of a node found. */
export interface Recovered {
  /** Nothing had been stored before. */
  readonly isNew: boolean;
  readonly streams: number;
  /** The position of the last record, undefined in a new store. */
  readonly lastPosition: number | undefined;
  /** How many of the newest records were compared with index, ids and heads. */
  readonly recordsChecked: number;
}

/** The tables of the store contradict each other, which no crash can do to it. */
export class TornStore extends Error {
  override readonly name = 'TornStore';

  constructor(readonly contradictions: readonly string[]) {
    super(`the event store contradicts itself: ${contradictions.slice(0, 5).join('; ')}`);
  }
}

const NEWEST = 1000;

/** Compares the newest records with everything that was written in their transactions. */
export function checkNewest(store: Store): Recovered {
  const last = store.lastRecord();
  const records = last
    ? store.readLog({ from: last.position, until: 0, limit: NEWEST, backwards: true })
    : [];
  const contradictions = records.flatMap((record) => contradictionsOf(store, record));
  if (contradictions.length > 0) throw new TornStore(contradictions);
  return {
    isNew: store.isNew,
    streams: store.countStreams(),
    lastPosition: last?.position,
    recordsChecked: records.length,
  };
}

/** Compares everything with everything; for tests and for the doubtful. */
export function checkWhole(store: Store): readonly string[] {
  const contradictions: string[] = [];
  const last = store.lastRecord();
  let from = 0;
  while (last && from <= last.position) {
    const page = store.readLog({ from, until: last.position + 1, limit: NEWEST });
    for (const record of page) contradictions.push(...contradictionsOf(store, record));
    from = (page.at(-1)?.position ?? last.position) + 1;
  }
  for (const head of store.allHeads()) {
    const expected = head.tombstoned ? TOMBSTONE_REVISION : head.last;
    const indexed = store.lastIndexed(head.number) ?? NO_EVENTS;
    if (indexed !== expected) {
      contradictions.push(`stream ${head.number} ends at ${expected}, its index at ${indexed}`);
    }
  }
  return contradictions;
}

function contradictionsOf(store: Store, record: LogRecord): string[] {
  if (!record.isEvent) return [];
  const { stream, streamNumber, revision, position, id } = record;
  const where = `${revision}@${stream} at ${position}`;
  const head = store.head(stream);
  const found: string[] = [];
  if (head?.number !== streamNumber) found.push(`${where}: its stream has no such head`);
  else if (revision === TOMBSTONE_REVISION ? !head.tombstoned : revision > head.last) {
    found.push(`${where}: its head ends at ${head.last}`);
  }
  if (store.positionOf(streamNumber, revision) !== position) found.push(`${where}: not in the index`);
  if (store.revisionOf(streamNumber, id) === undefined) found.push(`${where}: its id is not known`);
  return found;
}
