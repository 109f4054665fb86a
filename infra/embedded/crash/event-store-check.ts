import type { LogRecord } from '../eventstore/store/record.js';
import { type EventStoreAcknowledgement, LOAD_PREFIX } from './event-store-journal.js';
import { contradictionsIn, readEventStoreTables } from './event-store-tables.js';
import { type Findings, noFindings } from './findings.js';

/** Compares the tables of a dead node with themselves and with what it acknowledged. */
export async function checkEventStore(
  directory: string,
  acknowledged: readonly EventStoreAcknowledgement[],
): Promise<Findings> {
  const tables = await readEventStoreTables(directory);
  const findings = noFindings();
  findings.torn.push(...contradictionsIn(tables));
  const byId = new Map<string, LogRecord[]>();
  const byPosition = new Map<string, LogRecord>();
  for (const record of tables.records) {
    if (!record.isEvent) continue;
    byPosition.set(String(record.position), record);
    if (!record.stream.startsWith(LOAD_PREFIX)) continue;
    const same = byId.get(record.id);
    if (same) same.push(record);
    else byId.set(record.id, [record]);
  }
  findings.torn.push(...brokenAppends(byId));
  for (const acknowledgement of acknowledged) {
    const { kind, stream, position } = acknowledgement;
    const at = position === undefined ? undefined : byPosition.get(position);
    if (kind === 'append') {
      const { ids, last } = acknowledgement;
      for (const [index, id] of ids.entries()) {
        const revision = last - ids.length + 1 + index;
        const [record, ...others] = byId.get(id) ?? [];
        if (record?.stream !== stream || record.revision !== revision)
          findings.lost.push(`${revision}@${stream} was acknowledged and is not there`);
        if (others.length > 0)
          findings.lost.push(`${revision}@${stream} was appended once and is there twice`);
      }
      if (position !== undefined && at?.id !== ids.at(-1))
        findings.lost.push(`${last}@${stream} was acknowledged at ${position} and is not there`);
    } else if (kind === 'tombstone') {
      if (tables.headOf(stream)?.tombstoned !== true)
        findings.lost.push(`the tombstone of ${stream} was acknowledged and is not there`);
    } else if (position !== undefined && at?.stream !== `$$${stream}`)
      findings.lost.push(`the deletion of ${stream} was acknowledged and is not there`);
  }
  return findings;
}

/** An append is there wholly, in one run of revisions, or not at all, acknowledged or not. */
function brokenAppends(byId: ReadonlyMap<string, readonly LogRecord[]>): string[] {
  const appends = new Map<string, { count: number; stream: string; first: number; indexes: number[] }>();
  const broken: string[] = [];
  for (const [record] of byId.values()) {
    // A tombstone lies in the stream it ends and is no event of the load.
    if (!record || record.type === '$streamDeleted') continue;
    const { append, index, count } = JSON.parse(record.data.toString('utf8')) as {
      append: string;
      index: number;
      count: number;
    };
    const { stream, revision } = record;
    const first = revision - index;
    const whole = appends.get(append) ?? { count, stream, first, indexes: [] };
    appends.set(append, whole);
    whole.indexes.push(index);
    if (whole.stream !== stream || whole.first !== first)
      broken.push(`an append lies in pieces: ${revision}@${stream}`);
  }
  for (const { count, stream, first, indexes } of appends.values())
    if (new Set(indexes).size !== count)
      broken.push(`of ${count} events appended at ${first}@${stream} there are ${indexes.length}`);
  return broken;
}
