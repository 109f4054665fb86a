import { streamName, type StreamName } from '../../domain/kernel/names.js';
import type { EventToAppend } from '../../domain/kernel/ports/event-log.js';
import { linkEvents, type ChainLink } from '../../infra/eventstore/chain.js';
import { EventStoreDbEventLog } from '../../infra/eventstore/eventstoredb-event-log.js';
import { randomIds } from '../../infra/system/random-ids.js';
import { answerMessages } from '../kit/child-program.js';
import { accountOf, depositOf } from './account.js';
import { codec, machineTime, newContext, workspace, type Urls } from './stores.js';

interface WriteHistory {
  readonly kind: 'history';
  readonly urls: Urls;
  /** Events `first` to `first + count - 1`, a multiple of 100, spread over `accounts`. */
  readonly first: number;
  readonly count: number;
  readonly accounts: number;
}

/** Events offered at a steady rate, whether those before were answered or not: one append each. */
interface OfferEvents {
  readonly kind: 'offer';
  readonly urls: Urls;
  readonly perSecond: number;
  readonly count: number;
  readonly accounts: number;
}

export type WriteRequest = WriteHistory | OfferEvents;

export interface WriteReply {
  readonly seconds: number;
  /** Of the newest event. */
  readonly position: string;
  readonly failed: number;
  /** Of each append: the position, when it was to be sent, and when it was acknowledged (`machineTime`). */
  readonly acknowledged: readonly (readonly [position: string, dueAt: number, at: number])[];
}

const eventsPerAppend = 100;
const appendsInFlight = 8;

answerMessages((request: WriteRequest): Promise<WriteReply> => {
  const log = new EventStoreDbEventLog(request.urls.eventStoreUrl);
  return request.kind === 'history' ? writeHistory(log, request) : offer(log, request);
});

/** Written as commands write it, linked and with its command's context, but many events to a command. */
async function writeHistory(
  log: EventStoreDbEventLog,
  { urls, first, count, accounts }: WriteHistory,
): Promise<WriteReply> {
  const started = performance.now();
  let next = first;
  let newest = 0n;
  const acknowledged: [string, number, number][] = [];
  const worker = async (): Promise<void> => {
    while (next < first + count) {
      const from = next;
      next += eventsPerAppend;
      const sentAt = machineTime();
      const stream = streamName('benchLedger', workspace, `${from}`);
      const numbers = Array.from({ length: eventsPerAppend }, (_none, index) => from + index);
      const events = await linked(urls.origin, stream, undefined, numbers, accounts);
      const { position } = await log.append(stream, 'no_stream', events);
      acknowledged.push([position.toString(), sentAt, machineTime()]);
      if (position > newest) newest = position;
    }
  };
  await Promise.all(Array.from({ length: appendsInFlight }, worker));
  const seconds = (performance.now() - started) / 1000;
  return { seconds, position: newest.toString(), failed: 0, acknowledged };
}

async function offer(
  log: EventStoreDbEventLog,
  { urls, perSecond, count, accounts }: OfferEvents,
): Promise<WriteReply> {
  // An event links to the one before it also where that one is not made yet.
  const ends = new Map<string, Promise<ChainLink | undefined>>();
  const acknowledged: [string, number, number][] = [];
  const sent: Promise<void>[] = [];
  let failed = 0;
  let newest = 0n;
  const send = async (number: number, dueAt: number): Promise<void> => {
    const into = accountOf(number, accounts);
    const stream = streamName('benchOffer', workspace, into);
    const before = ends.get(stream);
    const making = (async () => {
      const last = await before;
      const events = await linked(urls.origin, stream, last, [number], accounts);
      const hash = events[0]?.metadata['a.h'] ?? '';
      return { last, events, end: { revision: (last?.revision ?? -1n) + 1n, hash } };
    })();
    ends.set(
      stream,
      making.then(({ end }) => end),
    );
    const { last, events } = await making;
    try {
      const { position } = await log.append(stream, last?.revision ?? 'no_stream', events);
      acknowledged.push([position.toString(), dueAt, machineTime()]);
      if (position > newest) newest = position;
    } catch {
      failed++;
    }
  };
  // Connected before the first is due.
  await log.head();
  const started = machineTime();
  for (let number = 0; number < count;) {
    const due = Math.min(count, Math.floor(((machineTime() - started) * perSecond) / 1000));
    for (; number < due; number++) sent.push(send(number, started + (number * 1000) / perSecond));
    await new Promise((resume) => setTimeout(resume, 1));
  }
  await Promise.all(sent);
  const seconds = (machineTime() - started) / 1000;
  return { seconds, position: newest.toString(), failed, acknowledged };
}

async function linked(
  origin: string,
  stream: StreamName,
  last: ChainLink | undefined,
  numbers: readonly number[],
  accounts: number,
): Promise<readonly EventToAppend[]> {
  const context = newContext();
  const unlinked = await Promise.all(
    numbers.map((number) =>
      codec.encode(
        { type: 'Deposited', data: depositOf(number, accountOf(number, accounts)) },
        context,
        randomIds.salt(),
      ),
    ),
  );
  return linkEvents(origin, stream, last, unlinked);
}
