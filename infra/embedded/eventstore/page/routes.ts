import { firstVisible, isSoftDeleted } from '../store/head.js';
import { type LogRecord } from '../store/record.js';
import { type Store } from '../store/store.js';
import { listStreams } from './directory.js';
import { eventPage, eventsPage } from './event-views.js';
import { type NodeFacts, gossip, info, statsOf } from './facts.js';
import { type Markup, link } from './html.js';
import { STYLE } from './style.js';
import { messagePage, overview, streamsPage } from './views.js';

export interface Answer {
  readonly status: number;
  readonly type: 'text/html' | 'text/css' | 'application/json' | undefined;
  readonly body: string;
  readonly location?: string;
}

const EVENTS_A_PAGE = 50;
const STREAMS_A_PAGE = 100;
const LONGEST_PREFIX = 500;

/** Answers one request for a page or a document; the paths outside `/web` are the server's. */
export function route(facts: NodeFacts, path: string, query: URLSearchParams): Answer {
  const { store } = facts;
  switch (path) {
    case '/':
      return { status: 302, type: undefined, body: '', location: '/web' };
    case '/health/live':
      return { status: 204, type: undefined, body: '' };
    case '/ping':
      return json({ text: 'Ping request successfully handled' });
    case '/info':
      return json(info());
    case '/gossip':
      return json(gossip(facts));
    case '/stats':
      return json(statsOf(facts));
    case '/web':
      return page(overview(statsOf(facts), facts.groups.all));
    case '/web/style.css':
      return { status: 200, type: 'text/css', body: STYLE };
    case '/web/streams':
      return streams(store, query);
    case '/web/stream':
      return stream(store, query);
    case '/web/all':
      return all(facts, query);
    case '/web/event':
      return event(store, query);
    default:
      return page(messagePage('Not found', 'There is no such page.'), 404);
  }
}

function json(content: object): Answer {
  return { status: 200, type: 'application/json', body: `${JSON.stringify(content, null, 2)}\n` };
}

function page(markup: Markup, status = 200): Answer {
  return { status, type: 'text/html', body: markup.text };
}

function notUnderstood(what: string): Answer {
  return page(messagePage('Not understood', what), 400);
}

function streams(store: Store, query: URLSearchParams): Answer {
  const prefix = query.get('prefix') ?? '';
  if (prefix.length > LONGEST_PREFIX) return notUnderstood(`"prefix" may have ${LONGEST_PREFIX} characters.`);
  const wanted = {
    prefix,
    after: query.get('after') ?? undefined,
    withSystemStreams: query.get('system') === '1',
    limit: STREAMS_A_PAGE,
  };
  return page(streamsPage(wanted, listStreams(store, wanted)));
}

/** A whole number from a query; undefined when it is not there, NaN when it is none. */
function wholeNumber(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  return /^\d{1,15}$/.test(text) ? Number(text) : NaN;
}

function stream(store: Store, query: URLSearchParams): Answer {
  const name = query.get('name') ?? '';
  const before = wholeNumber(query, 'before');
  if (Number.isNaN(before)) return notUnderstood('"before" must be a revision.');
  const head = store.head(name);
  if (!head || head.tombstoned || isSoftDeleted(head)) {
    const what = head ? 'This stream was deleted.' : 'There is no such stream.';
    return page(messagePage(name === '' ? 'Not found' : name, what), 404);
  }
  const from = Math.min(head.last, (before ?? head.last + 1) - 1);
  const until = firstVisible(name, head) - 1;
  const range = { from, until, limit: EVENTS_A_PAGE, backwards: true };
  const records = from > until ? store.readStream(head.number, range) : [];
  const last = records.at(-1)?.revision;
  return page(
    eventsPage(name, records, {
      newest: before === undefined ? undefined : link('/web/stream', { name }),
      older:
        last === undefined || last - 1 <= until ? undefined : link('/web/stream', { name, before: last }),
    }),
  );
}

function all({ store, end }: NodeFacts, query: URLSearchParams): Answer {
  const before = wholeNumber(query, 'before');
  if (Number.isNaN(before)) return notUnderstood('"before" must be a position.');
  const records: LogRecord[] = [];
  let next = Math.min(end(), before ?? end());
  while (records.length < EVENTS_A_PAGE) {
    const range = { from: next - 1, until: 0, limit: EVENTS_A_PAGE - records.length, backwards: true };
    const found = next > 0 ? store.readLog(range) : [];
    next = found.at(-1)?.position ?? 0;
    records.push(...found.filter(({ isEvent }) => isEvent));
    if (found.length === 0) break;
  }
  return page(
    eventsPage('$all', records, {
      newest: before === undefined ? undefined : '/web/all',
      older: records.length < EVENTS_A_PAGE ? undefined : link('/web/all', { before: next }),
    }),
  );
}

function event(store: Store, query: URLSearchParams): Answer {
  const position = wholeNumber(query, 'position');
  if (position === undefined || Number.isNaN(position))
    return notUnderstood('"position" must be a position.');
  const record = store.record(position);
  if (!record?.isEvent) {
    return page(messagePage('Not found', `There is no event at position ${position}.`), 404);
  }
  return page(eventPage(record));
}
