import { randomUUID } from 'node:crypto';
import { streamName, systemWorkspace, workspaceId, type StreamName } from '../../domain/kernel/names.js';
import type { EventToAppend } from '../../domain/kernel/ports/event-log.js';
import { contextOf } from '../../domain/kernel/testing.js';
import { linkEvents } from '../eventstore/chain.js';
import { InMemoryEventLog } from '../eventstore/in-memory-event-log.js';
import { obtainOrigin, originStream, readOrigin } from '../eventstore/origin.js';
import { collect } from '../eventstore/testing/collect.js';
import { randomIds } from '../system/random-ids.js';
import { systemClock } from '../system/system-clock.js';
import { verifyLinks } from './verify-links.js';

const acme = workspaceId('acme');
const accountStream = streamName('account', acme, 'a1');
const audited = new Set(['account']);

const plain = (): EventToAppend => ({ id: randomUUID(), type: 'Noted', data: { note: 'x' }, metadata: {} });

function linked(origin: string, stream: StreamName, count: number): readonly EventToAppend[] {
  const events = Array.from({ length: count }, (_unused, amount) => ({
    type: 'Deposited',
    schema: 1,
    data: { amount },
    context: contextOf(),
    salt: randomIds.salt(),
  }));
  return linkEvents(origin, stream, undefined, events);
}

type Change = (event: EventToAppend) => EventToAppend;

/** A log of an origin and an account, in which the account's events were tampered with one by one. */
async function logWith(changes: Readonly<Record<number, Change>> = {}): Promise<InMemoryEventLog> {
  const log = new InMemoryEventLog();
  const origin = await obtainOrigin(log, systemClock, randomIds);
  const events = linked(origin, accountStream, 4).map((event, index) => changes[index]?.(event) ?? event);
  await log.append(accountStream, 'no_stream', events);
  return log;
}

const stripped: Change = (event) => ({
  ...event,
  metadata: Object.fromEntries(Object.entries(event.metadata).filter(([key]) => !key.startsWith('a.'))),
});

describe('rule F3: what is verified', () => {
  it('holds for a log that nobody touched', async () => {
    const log = await logWith();
    expect(await verifyLinks(log, { audited })).toEqual({
      origin: await readOrigin(log),
      events: 5,
      streams: 2,
      bookkeeping: 0,
      passedOver: [],
      violations: [],
    });
  });

  it('names the first bad event, and does not tell one fault again at every event behind it', async () => {
    const log = await logWith({ 1: (event) => ({ ...event, data: { amount: 1_000_000 } }) });
    const { violations } = await verifyLinks(log, { audited });
    expect(violations).toEqual([
      {
        stream: accountStream,
        revision: '1',
        position: '200',
        type: 'Deposited',
        fault: 'its data is not what was hashed',
      },
    ]);
  });

  it('sees that an event of an audited category lost its metadata', async () => {
    const { violations } = await verifyLinks(await logWith({ 2: stripped }), { audited });
    expect(violations[0]).toMatchObject({ revision: '2', fault: 'it bears no link' });
  });

  it('sees that a whole stream of an audited category lost its metadata', async () => {
    const log = await logWith({ 0: stripped, 1: stripped, 2: stripped, 3: stripped });
    const { violations, passedOver } = await verifyLinks(log, { audited });
    expect(violations.map(({ revision }) => revision)).toEqual(['0', '1', '2', '3']);
    expect(passedOver).toEqual([]);
  });

  it('sees it in a stream of an unknown category too, as long as one event in it bears a link', async () => {
    const fewer = { 1: stripped };
    const { violations } = await verifyLinks(await logWith(fewer), { audited: new Set() });
    expect(violations[0]).toMatchObject({ revision: '1', fault: 'it bears no link' });
    const begins = await verifyLinks(await logWith({ 0: stripped }), { audited: new Set() });
    expect(begins.violations[0]).toMatchObject({ revision: '1', fault: 'events before it bear no link' });
  });

  it('sees that the origin lost its metadata, whatever the caller says is audited', async () => {
    const log = new InMemoryEventLog();
    const [event] = linked('ab'.repeat(16), originStream, 1);
    await log.append(originStream, 'no_stream', [stripped({ ...event!, data: { origin: 'ab'.repeat(16) } })]);
    const { violations } = await verifyLinks(log, { audited: new Set() });
    expect(violations).toMatchObject([{ stream: originStream, fault: 'it bears no link' }]);
  });

  it('passes over, and lists, only a stream of an unknown category in which nothing is linked', async () => {
    const log = await logWith();
    const foreign = streamName('orders', acme, 'o1');
    await log.append(foreign, 'no_stream', [plain(), plain()]);
    const report = await verifyLinks(log, { audited });
    expect(report).toMatchObject({ passedOver: [foreign], violations: [], events: 5 });
  });

  it.each(['idempotency', 'engine'])('verifies nothing in the bookkeeping of %s', async (category) => {
    const log = await logWith();
    await log.append(streamName(category, systemWorkspace, 'x'), 'no_stream', [plain()]);
    const report = await verifyLinks(log, { audited });
    expect(report).toMatchObject({ bookkeeping: 1, passedOver: [], violations: [] });
  });

  it('holds linked events for nothing in a log without an origin', async () => {
    const log = new InMemoryEventLog();
    await log.append(accountStream, 'no_stream', linked('ab'.repeat(16), accountStream, 1));
    expect(await verifyLinks(log, { audited })).toMatchObject({
      origin: null,
      violations: [{ fault: 'the log has no origin' }],
    });
  });

  it('takes no event that another log’s origin vouches for', async () => {
    const log = new InMemoryEventLog();
    await obtainOrigin(log, systemClock, randomIds);
    await log.append(accountStream, 'no_stream', linked('ab'.repeat(16), accountStream, 1));
    const { violations } = await verifyLinks(log, { audited });
    expect(violations).toMatchObject([{ fault: 'it was written for another origin' }]);
  });

  it.each<[string, string, number]>([
    ['an audited stream', `$$${accountStream}`, 1],
    ['the origin', `$$${originStream}`, 1],
    ['a stream that is none of ours', '$$orders-acme.o1', 0],
  ])('sees metadata that truncates or hides %s', async (_what, stream, count) => {
    const log = await logWith();
    const truncation = { ...plain(), type: '$metadata', data: { $tb: 3 } };
    await log.append(stream as StreamName, 'no_stream', [truncation]);
    expect((await verifyLinks(log, { audited })).violations).toHaveLength(count);
  });

  it('sees that events were left out of a stream', async () => {
    const log = new InMemoryEventLog();
    const origin = await obtainOrigin(log, systemClock, randomIds);
    const events = linked(origin, accountStream, 3);
    await log.append(accountStream, 'no_stream', [events[0]!, events[2]!]);
    const { violations } = await verifyLinks(log, { audited });
    expect(violations).toMatchObject([{ revision: '1', fault: 'it does not link to the event before it' }]);
  });

  it('says how far it has come', async () => {
    const log = await logWith();
    const noise = streamName('orders', acme, 'many');
    await log.append(noise, 'no_stream', Array.from({ length: 2000 }, plain));
    const seen: number[] = [];
    await verifyLinks(log, { audited, onProgress: (_position, events) => seen.push(events) });
    expect(seen).toEqual([1000, 2000]);
    expect(await collect(log.readAll())).toHaveLength(2005);
  });
});
