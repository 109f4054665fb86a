import { randomUUID } from 'node:crypto';
import { streamName, workspaceId } from '../../domain/kernel/names.js';
import {
  RevisionConflict,
  type EventLog,
  type EventToAppend,
  type LogSignal,
} from '../../domain/kernel/ports/event-log.js';

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const collected: Item[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

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

  it('has its head at the newest event', async () => {
    const log = open();
    const { position } = await log.append(freshStream(), 'no_stream', [someEvent()]);
    expect(await log.head()).toBeGreaterThanOrEqual(position);
  });
}
