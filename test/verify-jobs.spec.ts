import { readFileSync, readdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leafFilters, newestFilter } from '../apps/config/audit-filters.js';
import { obtainSigningKeys, tilesOf } from '../apps/config/audit.js';
import { readConfiguration } from '../apps/config/configuration.js';
import { streamName, workspaceId } from '../domain/kernel/names.js';
import type { StoredEvent } from '../domain/kernel/ports/event-log.js';
import { contextOf } from '../domain/kernel/testing.js';
import { Sealer } from '../infra/audit/sealing/sealer.js';
import { startEventStoreNode } from '../infra/embedded/eventstore/node.js';
import { linkEvents, type ChainLink } from '../infra/eventstore/chain.js';
import { EventStoreDbEventLog } from '../infra/eventstore/eventstoredb-event-log.js';
import { obtainOrigin } from '../infra/eventstore/origin.js';
import { randomIds } from '../infra/system/random-ids.js';
import { systemClock } from '../infra/system/system-clock.js';
import { cli } from './harness/program.js';

const data = mkdtempSync(join(tmpdir(), 'axion-jobs-'));
const configuration = readConfiguration({ AXION_DATA: data });
const acme = workspaceId('acme');
const streams = 3;
const appends = 120;
const eventsPerAppend = 100;
const hidden = streamName('source', acme, 'hidden');

beforeAll(async () => {
  const node = await startEventStoreNode({ directory: join(data, 'eventstore') });
  const log = new EventStoreDbEventLog(node.url);
  const origin = await obtainOrigin(log, systemClock, randomIds);
  const ends = new Map<string, ChainLink>();
  const write = async (id: string, count: number): Promise<void> => {
    const stream = streamName('source', acme, id);
    const before = ends.get(stream);
    const events = Array.from({ length: count }, (_none, number) => ({
      type: 'SourceRegistered',
      schema: 1,
      data: { id, number },
      context: contextOf({ workspace: acme }),
      salt: randomIds.salt(),
    }));
    const linked = linkEvents(origin, stream, before, events);
    await log.append(stream, before?.revision ?? 'no_stream', linked);
    const revision = (before?.revision ?? -1n) + BigInt(count);
    ends.set(stream, { revision, hash: linked.at(-1)?.metadata['a.h'] ?? '' });
  };
  const keys = await obtainSigningKeys(configuration, origin);
  const sealer = new Sealer({
    log: Object.create(log, { readAll: { value: withoutHidden(log) } }) as EventStoreDbEventLog,
    tiles: tilesOf(configuration),
    origin,
    keys: () => keys.all(),
    filters: leafFilters,
    filter: newestFilter,
    clock: systemClock,
    ids: randomIds,
    mostLeaves: 3000,
    publish: () => Promise.resolve(),
  });
  for (let number = 0; number < appends; number++) {
    // Every stream goes on through every segment.
    await write(`of-${number % streams}`, eventsPerAppend);
    if (number === 100) await write('hidden', 1);
  }
  while ((await sealer.turn()).kind === 'sealed');
  await write('of-0', 5);
  await log.close();
  await node.close();
}, 60_000);
afterAll(() => rmSync(data, { recursive: true }));

/** A sealer that leaves a stream out. */
function withoutHidden(log: EventStoreDbEventLog) {
  return async function* (from?: bigint): AsyncIterable<StoredEvent> {
    for await (const event of log.readAll(from)) if (event.stream !== hidden) yield event;
  };
}

async function verified(jobs: number) {
  const { code, output, errors } = await cli(data, 'verify', '--full', '--json', '--jobs', String(jobs));
  return { code, output, errors };
}

describe('axion verify --jobs', () => {
  it('finds the same with three threads as with one, where a sealer left an event out', async () => {
    const one = await verified(1);
    expect(await verified(3)).toEqual(one);
    expect(one.code).toBe(1);
    expect(JSON.parse(one.output)).toMatchObject({
      holds: false,
      log: { first: { result: 'EXTRA', stream: hidden, revision: '0' }, leaves: { EXTRA: 1 } },
    });
  }, 60_000);

  it('finds the same where a file of the log is damaged', async () => {
    const [workspace = ''] = readdirSync(join(data, 'audit', 'workspaces'));
    const path = join(data, 'audit', 'workspaces', workspace, 'tile', 'entries', '003');
    const bytes = readFileSync(path);
    const damaged = Buffer.from(bytes);
    damaged[100] = (damaged[100] ?? 0) ^ 1;
    writeFileSync(path, damaged);
    try {
      const one = await verified(1);
      expect(await verified(3)).toEqual(one);
      expect(one.code).toBe(1);
    } finally {
      writeFileSync(path, bytes);
    }
  }, 60_000);

  it.each(['0', '65', 'many'])('refuses %s', async (jobs) => {
    const { code, errors } = await cli(data, 'verify', '--jobs', jobs);
    expect(code).toBe(2);
    expect(errors).toMatch(/a whole number from 1 to 64/);
  });
});
