import { firstVisible } from './store/head.js';
import { type LogRecord } from './store/record.js';
import { type Store } from './store/store.js';
import { isExpired } from './visibility.js';
import { encodeEventWithStructuredId, encodeResolvedLink } from './wire/read-response.js';

/** Makes the answer for one event, as a reader asked for it. */
export type Presentation = (record: LogRecord) => Buffer;

export function presentation(store: Store, resolveLinks: boolean, structuredIds: boolean): Presentation {
  const plain: Presentation = structuredIds
    ? encodeEventWithStructuredId
    : (record: LogRecord) => record.response;
  if (!resolveLinks) return plain;
  return (record) => {
    const link = followLink(store, record);
    return link ? encodeResolvedLink(record, link.target, structuredIds) : plain(record);
  };
}

/** Where a link leads, which may be nowhere; undefined for what is no link. */
export function followLink(
  store: Store,
  record: LogRecord,
): { readonly target: LogRecord | undefined } | undefined {
  const target = record.isLink ? parseLink(record.data) : undefined;
  return target && { target: findTarget(store, target) };
}

interface Target {
  readonly stream: string;
  readonly revision: number;
}

/** A link holds "revision@stream"; anything else is no link but an event of its own. */
function parseLink(data: Buffer): Target | undefined {
  const text = data.toString('utf8');
  const at = text.indexOf('@');
  const digits = text.slice(0, at);
  if (at < 1 || at === text.length - 1 || !/^\d{1,15}$/.test(digits)) return undefined;
  return { stream: text.slice(at + 1), revision: Number(digits) };
}

/** The event a link names, unless it is missing, truncated or deleted. */
function findTarget(store: Store, { stream, revision }: Target): LogRecord | undefined {
  const head = store.head(stream);
  if (!head || head.tombstoned || revision < firstVisible(stream, head)) return undefined;
  const record = store.recordAt(head.number, revision);
  return record && !isExpired(record, head, Date.now()) ? record : undefined;
}
