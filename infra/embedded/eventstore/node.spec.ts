import { rmSync } from 'node:fs';
import { EventStoreDBClient } from '@eventstore/db-client';
import { open } from 'lmdb';
import { startEventStoreNode } from './node.js';
import { FORMAT_VERSION } from './store/format-version.js';
import { type TestNode, collect, event, freshStream, startTestNode, temporaryDirectory } from './testing.js';

describe('a folder', () => {
  let directory: string;
  let server: TestNode | undefined;

  beforeEach(() => {
    directory = temporaryDirectory();
  });
  afterEach(async () => {
    await server?.stop();
    server = undefined;
    rmSync(directory, { recursive: true, force: true });
  });

  test('gives back everything that was acknowledged, after a close in the middle of it', async () => {
    server = await startTestNode({ directory });
    expect(server.node.recovered).toMatchObject({ isNew: true, streams: 0, recordsChecked: 0 });
    const acknowledged = new Map<string, bigint>();
    const { client } = server;
    const streams = Array.from({ length: 10 }, freshStream);
    let closing: Promise<void> | undefined;
    await Promise.all(
      streams.map(async (stream) => {
        for (;;) {
          try {
            const { nextExpectedRevision } = await client.appendToStream(stream, event());
            acknowledged.set(stream, nextExpectedRevision);
            if (nextExpectedRevision === 30n) closing ??= server?.node.close();
          } catch {
            return;
          }
        }
      }),
    );
    await closing;
    await server.stop();

    server = await startTestNode({ directory });
    expect(server.node.recovered).toMatchObject({ isNew: false });
    expect(server.node.recovered.recordsChecked).toBeGreaterThan(300);
    for (const [stream, last] of acknowledged) {
      const events = await collect(server.client.readStream(stream));
      expect(BigInt(events.length)).toBeGreaterThan(last);
      expect(events.map((resolved) => resolved.event?.revision)).toEqual(
        events.map((_, index) => BigInt(index)),
      );
    }
  });

  test('keeps ids, metadata, deletions and positions', async () => {
    server = await startTestNode({ directory });
    const known = event('known');
    const [kept, deleted, tombstoned] = [freshStream(), freshStream(), freshStream()];
    const { position } = await server.client.appendToStream(kept, known);
    await server.client.setStreamMetadata(kept, { maxCount: 2 });
    await server.client.appendToStream(deleted, event());
    await server.client.deleteStream(deleted);
    await server.client.tombstoneStream(tombstoned);
    const before = await collect(server.client.readAll());
    await server.stop();

    server = await startTestNode({ directory });
    expect(await collect(server.client.readAll())).toEqual(before);
    await expect(server.client.appendToStream(kept, known)).resolves.toMatchObject({
      nextExpectedRevision: 0n,
      position,
    });
    await server.client.appendToStream(kept, [event('b'), event('c')]);
    expect(await collect(server.client.readStream(kept))).toHaveLength(2);
    await expect(collect(server.client.readStream(deleted))).rejects.toMatchObject({
      type: 'stream-not-found',
    });
    await expect(server.client.appendToStream(tombstoned, event())).rejects.toMatchObject({
      type: 'stream-deleted',
    });
    const after = await collect(server.client.readAll());
    expect(after.length).toBe(before.length + 2);
    const last = before.at(-1)?.event?.position?.commit ?? 0n;
    expect(after.at(-1)?.event?.position?.commit).toBeGreaterThan(last);
  });

  test('is kept to one node at a time', async () => {
    server = await startTestNode({ directory });
    await expect(startEventStoreNode({ directory })).rejects.toThrow(/another process has the event store/);
    await server.stop();
    server = await startTestNode({ directory });
  });

  test('written by a newer version is refused with words', async () => {
    server = await startTestNode({ directory });
    await server.stop();
    server = undefined;
    const environment = open<Buffer, Buffer>(directory, { noSubdir: false, overlappingSync: false });
    const about = environment.openDB<Buffer, Buffer>('about', { encoding: 'binary', keyEncoding: 'binary' });
    await about.put(Buffer.from('format'), Buffer.from([0, 0, 0, FORMAT_VERSION + 1]));
    await environment.close();
    await expect(startEventStoreNode({ directory })).rejects.toThrow(/storage format 2.*start the version/);
  });
});

test.each(['0.0.0.0', '::', '192.168.1.1', 'example.com'])(
  'a node does not listen on %s unless told to',
  async (host) => {
    const directory = temporaryDirectory();
    await expect(startEventStoreNode({ directory, host })).rejects.toThrow(/loopback only/);
    rmSync(directory, { recursive: true });
  },
);

describe('a running node', () => {
  let server: TestNode;
  beforeAll(async () => {
    server = await startTestNode();
  });
  afterAll(() => server.stop());

  test('is found by a client that discovers its cluster', async () => {
    const client = EventStoreDBClient.connectionString(server.node.url.replace('esdb:', 'esdb+discover:'));
    await expect(client.appendToStream(freshStream(), event())).resolves.toMatchObject({ success: true });
    await client.dispose();
  });

  test('ignores credentials', async () => {
    const url = server.node.url.replace('//', '//admin:changeit@');
    const client = EventStoreDBClient.connectionString(url);
    await expect(client.appendToStream(freshStream(), event())).resolves.toMatchObject({ success: true });
    await client.dispose();
  });

  test.each<[string, (client: EventStoreDBClient) => Promise<unknown>]>([
    ['create', (client) => client.createProjection('p', 'fromAll()')],
    ['list', (client) => client.listProjections()],
    ['status', (client) => client.getProjectionStatus('p')],
    ['result', (client) => client.getProjectionResult('p')],
    ['delete', (client) => client.deleteProjection('p')],
  ])('has no projections and says so (%s)', async (_what, ask) => {
    await expect(ask(server.client)).rejects.toMatchObject({ code: 12 });
  });

  test('ends subscriptions when it closes, and closing twice is closing', async () => {
    const other = await startTestNode();
    const subscription = other.client.subscribeToAll();
    const failed = new Promise((resolve) => subscription.once('error', resolve));
    await new Promise((resolve) => subscription.once('caughtUp', resolve));
    await Promise.all([other.node.close(), other.node.close()]);
    await expect(failed).resolves.toBeInstanceOf(Error);
    await other.stop();
  });
});
