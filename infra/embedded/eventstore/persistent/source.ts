import { createFilter } from '../filter.js';
import { BEYOND_REVISIONS, TOMBSTONE_REVISION, firstVisible } from '../store/head.js';
import { type LogRecord } from '../store/record.js';
import { type Origin } from '../subscription-sources.js';
import { isExpired } from '../visibility.js';
import { ALL, type GroupDefinition, type GroupFilter } from './definition.js';

/** Some events behind a cursor, and the cursor behind them; the same cursor when there are none yet. */
export interface SourcePage {
  readonly records: readonly LogRecord[];
  readonly cursor: number;
}

/** What a group reads: the events of a stream by revision, or those of `$all` by position. */
export interface GroupSource {
  after(cursor: number, limit: number): SourcePage;
  cursorOf(record: LogRecord): number;
  /** `hidden` events do not even count for checkpoints. */
  judge(record: LogRecord): 'wanted' | 'unwanted' | 'hidden';
  /** The cursor behind everything that is there now. */
  end(): number;
  /** Calls the listener after each commit that may bring more; returns what ends that. */
  listen(listener: () => void): () => void;
}

export function createSource(origin: Origin, { stream, filter }: GroupDefinition): GroupSource {
  return stream === ALL ? allSource(origin, filter) : streamSource(origin, stream);
}

function streamSource(origin: Origin, stream: string): GroupSource {
  const { store } = origin;
  return {
    after: (cursor, limit) => {
      const head = store.head(stream);
      if (!head) return { records: [], cursor };
      const visible = head.tombstoned ? TOMBSTONE_REVISION : firstVisible(stream, head);
      const from = Math.max(cursor + 1, visible);
      if (from >= BEYOND_REVISIONS || cursor >= TOMBSTONE_REVISION) return { records: [], cursor };
      const page = store.readStream(head.number, { from, until: BEYOND_REVISIONS, limit });
      const now = Date.now();
      return {
        records: page.filter((record) => !isExpired(record, head, now)),
        cursor: page.at(-1)?.revision ?? cursor,
      };
    },
    cursorOf: (record) => record.revision,
    judge: () => 'wanted',
    end: () => store.head(stream)?.last ?? -1,
    listen: (listener) => origin.announcements.toStream(stream, listener),
  };
}

function allSource(origin: Origin, filter: GroupFilter | undefined): GroupSource {
  const matches = filter && createFilter(filter);
  return {
    after: (cursor, limit) => {
      const kept = origin.newest.after(cursor, limit);
      if (kept) return { records: kept, cursor: kept.at(-1)?.position ?? cursor };
      const page = origin.store.readLog({ from: cursor + 1, until: origin.end(), limit });
      return { records: page.filter((record) => record.isEvent), cursor: page.at(-1)?.position ?? cursor };
    },
    cursorOf: (record) => record.position,
    judge: (record) => {
      if (isOfGroupsOnAll(record.stream)) return 'hidden';
      return matches?.(record) === false ? 'unwanted' : 'wanted';
    },
    end: () => origin.end() - 1,
    listen: (listener) => origin.announcements.toAll(listener),
  };
}

/** Groups on `$all` do not see the streams that groups on `$all` write: each checkpoint would cause the next. */
function isOfGroupsOnAll(stream: string): boolean {
  return /^\$persistentsubscription-\$all::.*-(checkpoint|parked)$/s.test(stream);
}
