import { open } from 'lmdb';
import { encodeHead, type Head } from '../../infra/embedded/eventstore/store/head.js';
import { idKey, indexKey, nameKey, positionKey } from '../../infra/embedded/eventstore/store/keys.js';
import {
  encodeEvent,
  type LogRecord,
  type ProposedEvent,
} from '../../infra/embedded/eventstore/store/record.js';
import { Store } from '../../infra/embedded/eventstore/store/store.js';

/** An event as it lies in the node's files. */
export interface DiskEvent extends ProposedEvent {
  readonly stream: string;
  readonly revision: number;
  readonly position: number;
  readonly createdAt: number;
}

/** Everything in the log of a node that does not run, in its order. */
export async function readStore(directory: string): Promise<readonly DiskEvent[]> {
  const store = new Store(directory);
  try {
    const until = (store.lastRecord()?.position ?? -1) + 1;
    const events: DiskEvent[] = [];
    let from = 0;
    for (;;) {
      const page = store.readLog({ from, until, limit: 1000 });
      const last = page.at(-1);
      if (!last) return events;
      events.push(...page.filter(({ isEvent }) => isEvent).map(toDiskEvent));
      from = last.position + 1;
    }
  } finally {
    await store.close();
  }
}

/**
 * Replaces the log of a node that does not run, with index, ids and heads that agree with it: whoever has the disk
 * can do that, and the node starts as if nothing had happened.
 */
export async function rewriteStore(
  directory: string,
  change: (events: readonly DiskEvent[]) => readonly DiskEvent[],
): Promise<void> {
  const events = [...change(await readStore(directory))].sort((one, other) => one.position - other.position);
  const environment = open<Buffer, Buffer>(directory, {
    noSubdir: false,
    overlappingSync: false,
    encoding: 'binary',
    keyEncoding: 'binary',
  });
  const [log, index, ids, heads] = ['log', 'index', 'ids', 'heads'].map((name) =>
    environment.openDB<Buffer, Buffer>(name, { encoding: 'binary', keyEncoding: 'binary' }),
  );
  if (!log || !index || !ids || !heads) throw new Error('the store has not its four tables');
  const ends = new Map<string, Head>();
  environment.transactionSync(() => {
    for (const table of [log, index, ids, heads]) table.clearSync();
    for (const event of events) {
      const { stream, revision, position, createdAt, id } = event;
      const streamNumber = ends.get(stream)?.number ?? ends.size;
      ends.set(stream, endAt(streamNumber, revision));
      const place = { stream, streamNumber, revision, position, createdAt };
      log.putSync(positionKey(position), encodeEvent(event, place));
      index.putSync(indexKey(streamNumber, revision), positionKey(position));
      ids.putSync(idKey(streamNumber, id), positionKey(revision));
    }
    for (const [stream, head] of ends) heads.putSync(nameKey(stream), encodeHead(head));
  });
  await environment.close();
}

function endAt(number: number, last: number): Head {
  return {
    number,
    last,
    tombstoned: false,
    truncateBefore: 0,
    maxCount: undefined,
    maxAgeSeconds: undefined,
  };
}

/** Copies: a record is a view of the file's pages. */
function toDiskEvent(record: LogRecord): DiskEvent {
  const { stream, revision, position, createdAt, id, type, isJson } = record;
  const metadata = Buffer.from(record.metadata);
  const data = Buffer.from(record.data);
  return { stream, revision, position, createdAt, id, type, isJson, metadata, data };
}
