import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compiled } from '../../apps/config/compiled.js';
import { print } from '../../apps/cli/terminal.js';
import { ChildProgram } from '../kit/child-program.js';
import { report } from '../kit/result.js';
import { latencyOf, rounded } from '../kit/statistics.js';
import { type Compared, compare } from './blocks.js';
import { EventStoreLoad } from './event-store-load.js';
import { MongoLoad } from './mongo-load.js';
import type { ServerKind, ServerState } from './server-main.js';

const STREAMS = 1000;
const LIVE_APPENDS = 1500;
const FEW = 100_000;
const MANY = 1_000_000;

interface RunningServer {
  readonly url: string;
  residentMiB(): Promise<number>;
  stop(): Promise<void>;
}

const folder = mkdtempSync(join(tmpdir(), 'axion-bench-nodes-'));
let folders = 0;

async function startServer(kind: ServerKind): Promise<RunningServer> {
  const program = ChildProgram.start(compiled('bench/nodes/server-main.js'));
  const directory = join(folder, String(++folders));
  const ask = (): Promise<ServerState> => program.ask<ServerState>({ kind, directory });
  const { url } = await ask();
  return { url, residentMiB: async () => (await ask()).residentMiB, stop: () => program.stop() };
}

interface Part {
  readonly compared: Readonly<Record<string, Compared>>;
  readonly growth: number;
  readonly residentMiB: number;
  readonly isCorrect: boolean;
}

async function measureEventStore(): Promise<Part & { readonly live: readonly number[] }> {
  const servers = [await startServer('eventStore'), await startServer('nullEventStore')] as const;
  const node = new EventStoreLoad(servers[0].url, STREAMS);
  const nothing = new EventStoreLoad(servers[1].url, STREAMS);
  const compared: Record<string, Compared> = {};
  for (const workers of [1, 16, 128])
    compared[`append${workers}`] = await compare(`append${workers}`, workers, node.append, nothing.append);
  compared['appendBatch'] = await compare('appendBatch', 4, node.appendBatch, nothing.appendBatch);
  compared['readAll'] = await compare('readAll', 1, node.readAll, nothing.readAll);
  const live = await node.liveLatencies(LIVE_APPENDS);
  const isCorrect = (await node.isComplete()) && live.length === LIVE_APPENDS;
  await Promise.all([node.close(), nothing.close()]);
  await Promise.all(servers.map((server) => server.stop()));

  const grown = [await startServer('eventStore'), await startServer('eventStore')] as const;
  const few = new EventStoreLoad(grown[0].url, STREAMS);
  const many = new EventStoreLoad(grown[1].url, STREAMS);
  await timed(`appended ${FEW + MANY} events`, async () => {
    await few.fill(FEW);
    await many.fill(MANY);
  });
  const { ratio } = await compare('append, at 100,000 beside 1,000,000', 64, few.append, many.append);
  const residentMiB = await grown[1].residentMiB();
  await Promise.all([few.close(), many.close()]);
  await Promise.all(grown.map((server) => server.stop()));
  return { compared, growth: ratio, residentMiB, isCorrect, live };
}

async function measureMongo(): Promise<Part> {
  const servers = [await startServer('mongo'), await startServer('nullMongo')] as const;
  const node = new MongoLoad(servers[0].url, true);
  const nothing = new MongoLoad(servers[1].url, false);
  await node.createIndex();
  const compared = {
    insert64: await compare('insert64', 64, node.insert, nothing.insert),
    findById64: await compare('findById64', 64, node.findById, nothing.findById),
    bulkUpsert: await compare('bulkUpsert', 4, node.bulkUpsert, nothing.bulkUpsert),
  };
  const isCorrect = await node.isComplete();
  await Promise.all([node.close(), nothing.close()]);
  await Promise.all(servers.map((server) => server.stop()));

  const grown = [await startServer('mongo'), await startServer('mongo')] as const;
  const few = new MongoLoad(grown[0].url, true);
  const many = new MongoLoad(grown[1].url, true);
  await timed(`inserted ${FEW + MANY} documents`, async () => {
    await Promise.all([few.createIndex(), many.createIndex()]);
    await few.fill(FEW);
    await many.fill(MANY);
  });
  const { ratio } = await compare(
    'indexed find, at 100,000 beside 1,000,000',
    64,
    few.findIndexed,
    many.findIndexed,
  );
  const residentMiB = await grown[1].residentMiB();
  const isWhole = await few.isComplete();
  await Promise.all([few.close(), many.close()]);
  await Promise.all(grown.map((server) => server.stop()));
  return { compared, growth: ratio, residentMiB, isCorrect: isCorrect && isWhole };
}

async function timed(what: string, work: () => Promise<void>): Promise<void> {
  const started = performance.now();
  await work();
  print(`${what} in ${rounded((performance.now() - started) / 1000)} s`);
}

try {
  const eventStore = await measureEventStore();
  const mongo = await measureMongo();
  const compared = Object.entries({ ...eventStore.compared, ...mongo.compared });
  report({
    bench: 'nodes',
    rates: Object.fromEntries(compared.map(([name, { rate }]) => [name, rate])),
    ratios: Object.fromEntries(compared.map(([name, { ratio }]) => [name, ratio])),
    latency: { live: latencyOf(eventStore.live) },
    // Time per operation at a million, divided by that at a hundred thousand.
    growth: { append: eventStore.growth, indexedFind: mongo.growth },
    memoryMiB: { eventStore: eventStore.residentMiB, mongo: mongo.residentMiB },
    correct: eventStore.isCorrect && mongo.isCorrect,
  });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
