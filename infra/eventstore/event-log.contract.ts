import { randomUUID } from 'node:crypto';
import { streamName, workspaceId } from '../../domain/kernel/names.js';
import {
  RevisionConflict,
  type EventLog,
  type EventToAppend,
  type LogSignal,
} from '../../domain/kernel/ports/event-log.js';
import { collect } from './testing/collect.js';

function someEvent(type = 'Happened'): EventToAppend {
  return { id: randomUUID(), type, data: { at: randomUUID() }, metadata: { note: 'kept' } };
}

/** What every adapter of the EventLog port does. */
export function itBehavesAsAnEventLog(open: () => EventLog): void {
  const freshStream = () => streamName('contract', workspaceId('contract'), randomUUID());

  it('gives back a stream as it was appended, in order', async () => {
    const log = open();
    const stream = freshStream();
    const events = [someEvent('First'), someEvent('Second'), someEvent('Third')];
    await log.append(stream, 'no_stream', events.slice(0, 2));
    await log.append(stream, 1n, events.slice(2));
    const stored = await collect(log.read(stream));
    expect(
      stored.map(({ revision, type, data, metadata, id }) => ({ revision, type, data, metadata, id })),
    ).toEqual(events.map((event, index) => ({ revision: BigInt(index), ...event })));
    expect(await collect(log.read(stream, 2n))).toEqual(stored.slice(2));
    expect(await log.readLast(stream)).toEqual(stored[2]);
    expect(await log.readAt(stream, 1n)).toEqual(stored[1]);
    expect(await log.readAt(stream, 3n)).toBeUndefined();
  });

  it('answers an append with the position of its last event', async () => {
    const log = open();
    const stream = freshStream();
    const { position } = await log.append(stream, 'no_stream', [someEvent(), someEvent()]);
    expect((await collect(log.read(stream))).at(-1)?.position).toBe(position);
    expect((await collect(log.readAll(position)))[0]?.position).toBe(position);
  });

  it('knows nothing of a stream that was never written', async () => {
    const log = open();
    expect(await collect(log.read(freshStream()))).toEqual([]);
    expect(await log.readLast(freshStream())).toBeUndefined();
    expect(await log.readAt(freshStream(), 0n)).toBeUndefined();
  });

  it.each<['no_stream' | bigint]>([['no_stream'], [0n], [7n]])(
    'refuses to append at %s when the stream is at revision 1',
    async (expected) => {
      const log = open();
      const stream = freshStream();
      await log.append(stream, 'no_stream', [someEvent(), someEvent()]);
      await expect(log.append(stream, expected, [someEvent()])).rejects.toBeInstanceOf(RevisionConflict);
      expect(await collect(log.read(stream))).toHaveLength(2);
    },
  );

  it('takes the same events at the same revision again without storing them again', async () => {
    const log = open();
    const stream = freshStream();
    const events = [someEvent(), someEvent()];
    const first = await log.append(stream, 'no_stream', events);
    expect(await log.append(stream, 'no_stream', events)).toEqual(first);
    expect(await collect(log.read(stream))).toHaveLength(2);
  });

  it('takes a part of what was appended again, and still after others have appended', async () => {
    const log = open();
    const stream = freshStream();
    const events = [someEvent(), someEvent()];
    await log.append(stream, 'no_stream', events);
    await log.append(stream, 1n, [someEvent()]);
    await log.append(stream, 'no_stream', events.slice(0, 1));
    await log.append(stream, 0n, events.slice(1));
    expect(await collect(log.read(stream))).toHaveLength(3);
  });

  it('refuses what was appended before and more at once, as a whole', async () => {
    const log = open();
    const stream = freshStream();
    const event = someEvent();
    await log.append(stream, 'no_stream', [event]);
    await expect(log.append(stream, 'no_stream', [event, someEvent()])).rejects.toBeInstanceOf(
      RevisionConflict,
    );
    expect(await collect(log.read(stream))).toHaveLength(1);
  });

  it('refuses other bytes at a revision that is taken, and names where the stream is', async () => {
    const log = open();
    const stream = freshStream();
    await log.append(stream, 'no_stream', [someEvent(), someEvent()]);
    await expect(log.append(stream, 0n, [someEvent()])).rejects.toMatchObject({ stream, actual: 1n });
  });

  it('gives back every kind of JSON as it was, and an id of version 8', async () => {
    const log = open();
    const stream = freshStream();
    const data = { text: 'Grüße 🚀', list: [1.5, -0.25, true, null, []], nested: { 'a b': { '': '' } } };
    const event = { ...someEvent(), id: '0a1b2c3d-4e5f-8a6b-9c7d-8e9fa0b1c2d3', data };
    await log.append(stream, 'no_stream', [event]);
    expect(await log.readLast(stream)).toMatchObject({ id: event.id, data });
  });

  it('lets one of several writers at the same revision win', async () => {
    const log = open();
    const stream = freshStream();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, () => log.append(stream, 'no_stream', [someEvent()])),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await collect(log.read(stream))).toHaveLength(1);
  });

  it('tells a subscriber what there is after a position, that it has caught up, and then what comes', async () => {
    const log = open();
    const stream = freshStream();
    const { position } = await log.append(stream, 'no_stream', [someEvent('Before')]);
    await log.append(stream, 0n, [someEvent('There')]);
    const stop = new AbortController();
    const seen: LogSignal[] = [];
    for await (const signal of log.subscribe(position, stop.signal)) {
      if (signal.kind === 'event' && signal.event.stream !== stream) continue;
      if (signal.kind === 'reached') continue;
      if (signal.kind === 'caughtUp' && seen.some(({ kind }) => kind === 'caughtUp')) continue;
      seen.push(signal);
      if (signal.kind === 'caughtUp') await log.append(stream, 1n, [someEvent('Live')]);
      if (signal.kind === 'event' && signal.event.type === 'Live') stop.abort();
    }
    expect(seen.map((signal) => (signal.kind === 'event' ? signal.event.type : signal.kind))).toEqual([
      'There',
      'caughtUp',
      'Live',
    ]);
  });

  it('says it has caught up only after everything that was there', async () => {
    const log = open();
    const stream = freshStream();
    const start = await log.append(stream, 'no_stream', [someEvent()]);
    const count = 300;
    await log.append(
      stream,
      0n,
      Array.from({ length: count }, () => someEvent()),
    );
    const stop = new AbortController();
    let handled = 0;
    for await (const signal of log.subscribe(start.position, stop.signal)) {
      if (signal.kind === 'event') {
        // A slow consumer lets markers overtake events, if anything can.
        if (handled % 50 === 0) await new Promise((resume) => setImmediate(resume));
        if (signal.event.stream === stream) handled++;
      }
      if (signal.kind === 'caughtUp') stop.abort();
    }
    expect(handled).toBe(count);
  });

  describe('rule F5: reads are at a position, subscriptions after it', () => {
    it('counts revisions and positions in bigints', async () => {
      const log = open();
      const stream = freshStream();
      await log.append(stream, 'no_stream', [someEvent()]);
      const stored = await log.readLast(stream);
      expect([typeof stored?.revision, typeof stored?.position]).toEqual(['bigint', 'bigint']);
    });

    it('reads everything at a position and goes on to the end', async () => {
      const log = open();
      const stream = freshStream();
      const { position } = await log.append(stream, 'no_stream', [someEvent('At')]);
      await log.append(stream, 0n, [someEvent('Next')]);
      const ours = (await collect(log.readAll(position))).filter((event) => event.stream === stream);
      expect(ours.map(({ type }) => type)).toEqual(['At', 'Next']);
    });

    it('resumes a subscription after a position, inside an append too', async () => {
      const log = open();
      const stream = freshStream();
      await log.append(stream, 'no_stream', [someEvent('First'), someEvent('Second'), someEvent('Third')]);
      const [first] = await collect(log.read(stream));
      const stop = new AbortController();
      const seen: string[] = [];
      for await (const signal of log.subscribe(first?.position, stop.signal)) {
        if (signal.kind === 'caughtUp') stop.abort();
        if (signal.kind === 'event' && signal.event.stream === stream) seen.push(signal.event.type);
      }
      expect(seen).toEqual(['Second', 'Third']);
    });
  });

  it('has its head at the newest event', async () => {
    const log = open();
    const { position } = await log.append(freshStream(), 'no_stream', [someEvent()]);
    expect(await log.head()).toBeGreaterThanOrEqual(position);
  });
}
