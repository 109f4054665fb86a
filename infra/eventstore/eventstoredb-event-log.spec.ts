import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { streamName, workspaceId } from '../../domain/kernel/names.js';
import { AppendRefused, AppendUnknown, LogUnavailable } from '../../domain/kernel/ports/event-log.js';
import { startEventStoreNode, type EventStoreNode } from '../embedded/eventstore/node.js';
import { itBehavesAsAnEventLog } from './event-log.contract.js';
import { EventStoreDbEventLog } from './eventstoredb-event-log.js';
import { collect } from './testing/collect.js';

const workspace = workspaceId('contract');

/** The server that ESDB_URL names, or a node of our own. */
describe('the event log over EventStoreDB', () => {
  let directory: string | undefined;
  let node: EventStoreNode | undefined;
  let log: EventStoreDbEventLog;

  beforeAll(async () => {
    const url = process.env['ESDB_URL'];
    if (url === undefined) {
      directory = mkdtempSync(join(tmpdir(), 'axion-event-log-'));
      node = await startEventStoreNode({ directory });
    }
    log = new EventStoreDbEventLog(url ?? node!.url);
  });

  afterAll(async () => {
    await log.close();
    await node?.close();
    if (directory !== undefined) rmSync(directory, { recursive: true });
  });

  itBehavesAsAnEventLog(() => log);

  it('refuses for good what is too large to be stored', async () => {
    const stream = streamName('contract', workspace, randomUUID());
    const data = { text: 'x'.repeat(1_048_577) };
    await expect(
      log.append(stream, 'no_stream', [{ id: randomUUID(), type: 'Large', data, metadata: {} }]),
    ).rejects.toBeInstanceOf(AppendRefused);
    expect(await log.readLast(stream)).toBeUndefined();
  });
});

describe('many reads that end early', () => {
  let directory: string;
  let node: EventStoreNode;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'axion-not-found-'));
    node = await startEventStoreNode({ directory });
  });
  afterAll(async () => {
    await node.close();
    rmSync(directory, { recursive: true });
  });

  it('leave the connection as it is when they find nothing', async () => {
    const log = new EventStoreDbEventLog(node.url);
    // Node's HTTP/2 takes more than 1,000 resets in a row for an attack.
    const reads = Array.from({ length: 2000 }, (_none, index) =>
      collect(log.read(streamName('contract', workspace, `none-${index}`))),
    );
    expect((await Promise.all(reads)).flat()).toEqual([]);
    await log.close();
  });

  it('leave the connection as it is when they want one event of many', async () => {
    const log = new EventStoreDbEventLog(node.url);
    const stream = streamName('contract', workspace, randomUUID());
    const events = Array.from({ length: 100 }, () => ({
      id: randomUUID(),
      type: 'Happened',
      data: {},
      metadata: {},
    }));
    await log.append(stream, 'no_stream', events);
    const read = await Promise.all(
      Array.from({ length: 2000 }, (_none, index) => log.readAt(stream, BigInt(index % 100))),
    );
    expect(read.map((event) => event?.id)).toEqual(read.map((_one, index) => events[index % 100]?.id));
    await log.close();
  });
});

describe('an event log that is not there', () => {
  const stream = streamName('contract', workspace, randomUUID());
  const event = { id: randomUUID(), type: 'Happened', data: {}, metadata: {} };
  let server: Server;
  let log: EventStoreDbEventLog;

  beforeAll(async () => {
    server = createServer();
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await new Promise((closed) => server.close(closed));
    const url = `esdb://127.0.0.1:${port}?tls=false&maxDiscoverAttempts=1`;
    log = new EventStoreDbEventLog(url, { appendTimeoutMs: 200 });
  });
  afterAll(() => log.close());

  it('leaves an append unknown', () =>
    expect(log.append(stream, 'no_stream', [event])).rejects.toBeInstanceOf(AppendUnknown));

  it('is unavailable to who reads', () =>
    expect(collect(log.read(stream))).rejects.toBeInstanceOf(LogUnavailable));
});
