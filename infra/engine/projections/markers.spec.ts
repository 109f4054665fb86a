import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEventStoreNode, type EventStoreNode } from '../../embedded/eventstore/node.js';
import { EventStoreDbEventLog } from '../../eventstore/eventstoredb-event-log.js';
import { InMemoryReadModelStore } from '../../mongo/in-memory-read-model-store.js';
import { Projector } from './projector.js';
import { codec, counted, counters, countsIn, happen } from './testing/counting.js';
import { WrappedStore } from './testing/wrapped-store.js';
import { until } from './testing/until.js';
import pino from 'pino';

describe('P8: markers of a subscription', () => {
  const directory = mkdtempSync(join(tmpdir(), 'axion-markers-'));
  let node: EventStoreNode;
  let log: EventStoreDbEventLog;
  beforeAll(async () => {
    node = await startEventStoreNode({ directory });
    log = new EventStoreDbEventLog(node.url);
    for (let batch = 0; batch < 8; batch++)
      await happen(
        log,
        Array.from({ length: 500 }, (_none, index) => counted(`c${index % 10}`)),
      );
  });
  afterAll(async () => {
    await log.close();
    await node.close();
    rmSync(directory, { recursive: true });
  });

  it('count only once everything before them was handled, however slow the consumer', async () => {
    const stop = new AbortController();
    const positions: bigint[] = [];
    for await (const { position, stream } of log.readAll())
      if (!stream.startsWith('$')) positions.push(position);
    let handled = 0;
    const reached: { position: bigint; due: number; handled: number }[] = [];
    for await (const signal of log.subscribe(undefined, stop.signal)) {
      if (signal.kind === 'event') {
        // What is slow is slow between events: what comes off the wire meanwhile waits in the client.
        if (handled % 20 === 0) await new Promise((resume) => setTimeout(resume, 1));
        handled++;
        continue;
      }
      const position = signal.kind === 'reached' ? signal.position : positions.at(-1)!;
      reached.push({ position, due: positions.filter((one) => one <= position).length, handled });
      if (signal.kind === 'caughtUp') stop.abort();
    }
    expect(reached.length).toBeGreaterThan(10);
    expect(reached.filter(({ due, handled }) => handled < due)).toEqual([]);
  });

  it('never let a slow read model leave out an event', async () => {
    const store = new InMemoryReadModelStore();
    const slow = new (class extends WrappedStore {
      override async load(...asked: Parameters<WrappedStore['load']>) {
        await new Promise((resume) => setTimeout(resume, 2));
        return super.load(...asked);
      }
    })(store);
    const logger = pino({ level: 'silent' });
    const projector = new Projector({ log, codec, store: slow, projections: [counters], logger });
    await projector.start();
    const head = (await log.head())!;
    await until('all is applied', () => (projector.appliedTo(counters) ?? -1n) >= head);
    await projector.stop();
    expect(Object.values(await countsIn(store))).toEqual(Array.from({ length: 10 }, () => 400));
  });
});
