import { randomUUID } from 'node:crypto';
import { streamName } from '../../../domain/kernel/names.js';
import { InMemoryReadModelStore } from '../../mongo/in-memory-read-model-store.js';
import { ReadModelOperations } from './operations.js';
import { mostWaiting } from './parking.js';
import type { Projector } from './projector.js';
import { checkReplay } from './replay-check.js';
import { countedAnew, countersWith, newerCodec, type Bugs } from './testing/code-versions.js';
import {
  acme,
  codec,
  counted,
  counters,
  countsIn,
  dropped,
  happen,
  moved,
  silent,
  World,
} from './testing/counting.js';
import { DyingStore, SleepyStore } from './testing/faulty-stores.js';
import { until } from './testing/until.js';

let world: World;
let store: InMemoryReadModelStore;
beforeEach(() => {
  world = new World();
  store = new InMemoryReadModelStore();
});
afterEach(() => world.end());

const reaches = (projector: Projector, position: bigint) =>
  until(`the counters have applied ${position}`, () => (projector.appliedTo(counters) ?? -1n) >= position);
const startWith = (bugs: Bugs, of = store, lanes = 2) =>
  world.startProcess(of, { lanes, projections: [countersWith(bugs)] });
const operations = (bugs: Bugs = {}, as = codec) =>
  new ReadModelOperations({
    log: world.log,
    codec: as,
    store,
    projections: [countersWith(bugs)],
    logger: silent,
  });
const check = async (as = codec) => (await checkReplay([counters], { log: world.log, store, codec: as }))[0]!;
const shown = async () => {
  const { items } = await store.page(counters, acme, { limit: 100 });
  return Object.fromEntries(items.map(({ id, document }) => [id, document?.count]));
};

const poisonous: Bugs = { fold: ({ type }, id) => type === 'Moved' && id === 'b' };

describe('P7: an event that cannot be applied', () => {
  it('is parked with its reason, what follows of its document waits, and everything else goes on', async () => {
    const projector = await startWith(poisonous);
    await happen(world.log, [counted('a'), counted('b')]);
    const stream = streamName('counter', acme, randomUUID());
    await happen(world.log, [moved('a', 'b')], stream);
    await reaches(projector, await happen(world.log, [counted('b'), counted('a'), dropped('b')]));
    expect(await shown()).toEqual({ a: 1, b: 1 });
    expect(projector.status[0]?.lanes.some(({ fault }) => fault)).toBe(false);
    expect(await operations().parked()).toEqual([
      {
        readModel: 'counters',
        version: 1,
        build: 0,
        workspace: 'acme',
        document: 'acme/b',
        position: '200',
        stream,
        type: 'Moved',
        reason: 'the fold does not work',
        waiting: 2,
      },
    ]);
  });

  it('is no drift, parked or replayed', async () => {
    const projector = await startWith(poisonous);
    const position = await happen(world.log, [counted('b'), moved('a', 'b'), counted('b'), counted('c')]);
    await reaches(projector, position);
    await projector.stop();
    expect(await check()).toMatchObject({ drift: [], parked: [{ document: 'acme/b', waiting: 1 }] });
    expect(await operations().unpark('counters')).toEqual({ applied: 2, stillParked: 0 });
    expect(await check()).toMatchObject({ drift: [], parked: [] });
    expect(await shown()).toEqual({ a: -1, b: 12, c: 1 });
  });

  it('hides a document that has no other event, neither as alive nor as deleted', async () => {
    const projector = await startWith(poisonous);
    await reaches(projector, await happen(world.log, [moved('a', 'b')]));
    expect(await shown()).toEqual({ a: -1 });
    expect(await store.get(counters, { workspace: acme, id: 'b' })).toMatchObject({
      position: -1n,
      document: undefined,
    });
    await operations().unpark('counters');
    expect(await shown()).toEqual({ a: -1, b: 10 });
    expect((await check()).drift).toEqual([]);
  });

  it('may be one whose document cannot be stored', async () => {
    const projector = await startWith({ field: (_event, id) => id === 'b' });
    await reaches(projector, await happen(world.log, [counted('b'), counted('a')]));
    expect(await shown()).toEqual({ a: 1 });
    expect((await operations().parked())[0]?.reason).toContain('_hidden');
    await operations().unpark('counters');
    expect(await shown()).toEqual({ a: 1, b: 1 });
  });

  it('stays parked, with its new reason, if the code there is now cannot apply it either', async () => {
    const projector = await startWith({ fold: (_event, id) => id === 'b' });
    await reaches(
      projector,
      await happen(world.log, [counted('b'), counted('b'), moved('a', 'b'), counted('b')]),
    );
    const half = operations({ field: ({ type }) => type === 'Moved' });
    expect(await half.unpark('counters')).toEqual({ applied: 2, stillParked: 1 });
    expect(await half.parked()).toMatchObject([{ position: '200', type: 'Moved', waiting: 1 }]);
    expect(await shown()).toEqual({ a: -1, b: 2 });
    expect(await operations().unpark('counters')).toEqual({ applied: 2, stillParked: 0 });
    expect(await shown()).toEqual({ a: -1, b: 13 });
  });

  it('can be unparked while the projector that parks it runs on', async () => {
    const projector = await startWith(poisonous);
    await reaches(projector, await happen(world.log, [counted('b'), moved('a', 'b'), counted('b')]));
    await operations().unpark('counters');
    await reaches(projector, await happen(world.log, [counted('b')]));
    expect(await shown()).toEqual({ a: -1, b: 13 });
    expect((await check()).drift).toEqual([]);
  });

  it('lets the lane be stuck, for all to see, when too many events wait behind it', async () => {
    const projector = await startWith(poisonous, store, 1);
    const many = Array.from({ length: mostWaiting + 1 }, () => counted('b'));
    await happen(world.log, [moved('a', 'b'), ...many]);
    await until('it is stuck', () => projector.status[0]!.lanes[0]!.fault !== undefined);
    expect(projector.status[0]?.lanes[0]?.fault).toBe(
      '1000 events wait behind a parked one of acme/b: unpark it',
    );
    await operations().unpark('counters');
    await reaches(projector, await happen(world.log, [counted('b')]));
    expect(await shown()).toEqual({ a: -1, b: 10 + mostWaiting + 2 });
  });

  it.each(['before', 'after'] as const)(
    'is parked once by a process that dies %s it says so, and by the next',
    async (fate) => {
      const dying = new DyingStore(store, (step) => (step === 'replace' ? fate : 'not'));
      const first = await world.startProcess(dying, { projections: [countersWith(poisonous)] });
      const position = await happen(world.log, [counted('b'), moved('a', 'b'), counted('b')]);
      await until('it is dead', () => dying.dead);
      await first.stop();
      await reaches(await startWith(poisonous), position);
      expect(await operations().parked()).toMatchObject([{ position: '100', waiting: 1 }]);
      await operations().unpark('counters');
      expect(await shown()).toEqual({ a: -1, b: 12 });
    },
  );
});

describe('P7: an event whose documents cannot be told', () => {
  const keyless: Bugs = { key: ({ type }) => type === 'Moved' };

  it('is parked by itself, and everything else goes on', async () => {
    const projector = await startWith(keyless);
    await reaches(projector, await happen(world.log, [counted('a'), moved('a', 'b'), counted('b')]));
    expect(await shown()).toEqual({ a: 1, b: 1 });
    expect(await operations().parked()).toMatchObject([
      { document: null, position: '100', type: 'Moved', reason: 'the key does not work', waiting: 0 },
    ]);
    expect(await check()).toMatchObject({ drift: [], parked: [{ position: '100' }] });
  });

  it('takes its place in its documents when it is unparked, before what came later', async () => {
    const projector = await startWith({ key: ({ type }) => type === 'Dropped' });
    await reaches(
      projector,
      await happen(world.log, [counted('a'), counted('a'), dropped('a'), counted('a')]),
    );
    expect(await shown()).toEqual({ a: 3 });
    expect(await operations().unpark('counters')).toEqual({ applied: 1, stillParked: 0 });
    expect(await shown()).toEqual({ a: 1 });
    await reaches(projector, await happen(world.log, [counted('a')]));
    expect(await shown()).toEqual({ a: 2 });
    expect(await check()).toMatchObject({ drift: [], parked: [] });
  });

  it('makes documents anew that have something parked themselves', async () => {
    const projector = await startWith({ ...poisonous, key: ({ type }) => type === 'Dropped' });
    await reaches(
      projector,
      await happen(world.log, [counted('b'), moved('a', 'b'), dropped('b'), counted('b'), counted('b')]),
    );
    expect(await operations(poisonous).unpark('counters')).toEqual({ applied: 1, stillParked: 1 });
    expect(await operations().parked()).toMatchObject([{ document: 'acme/b', position: '100', waiting: 3 }]);
    expect((await check()).drift).toEqual([]);
    await operations().unpark('counters');
    expect(await shown()).toEqual({ a: -1, b: 2 });
    expect((await check()).drift).toEqual([]);
  });

  it.each([
    ['of a version that this code does not know', { ...counted('a'), schema: 7 }],
    ['that holds nothing that the key could use', { type: 'Moved', data: null as unknown as object }],
  ])('may be one %s', async (_what, garbage) => {
    const projector = await world.startProcess(store);
    await world.log.append(streamName('counter', acme, 'garbage'), 'no_stream', [
      {
        id: randomUUID(),
        type: garbage.type,
        data: garbage.data as never,
        metadata: { 'a.v': '1', 'a.schema': 'schema' in garbage ? '7' : '1' },
      },
    ]);
    await reaches(projector, await happen(world.log, [counted('a')]));
    expect(await shown()).toEqual({ a: 1 });
    expect(await operations().unpark('counters')).toEqual({ applied: 0, stillParked: 1 });
    expect((await check()).drift).toEqual([]);
  });

  it('is missed by a check when nobody parked it', async () => {
    const projector = await world.startProcess(store);
    await reaches(projector, await happen(world.log, [counted('a')]));
    await projector.stop();
    await happen(world.log, [{ ...counted('a'), schema: 7 }]);
    await store.saveCheckpoint(counters, { lane: 0, lanes: 1, position: 500n });
    expect((await check()).drift).toEqual([{ document: 'the event at 100', difference: 'missing' }]);
  });
});

describe('P7: during a rolling deploy', () => {
  it('what old code parks, new code unparks while both feed the same lanes', async () => {
    const old = await world.startProcess(store);
    const anew = await world.startProcess(store, { codec: newerCodec });
    let position = 0n;
    for (let round = 0; round < 10; round++) {
      position = await happen(world.log, [counted('a'), countedAnew('a'), countedAnew('b'), moved('b', 'a')]);
      if (round % 3 === 0) await operations({}, newerCodec).unpark('counters');
    }
    await Promise.all([old, anew].map((projector) => reaches(projector, position)));
    await old.stop();
    await operations({}, newerCodec).unpark('counters');
    expect(await countsIn(store)).toEqual({ a: 120, b: 0 });
    expect(await check(newerCodec)).toMatchObject({ drift: [], parked: [] });
  });

  it('new code loses nothing that old code had left out, when it takes its lanes over', async () => {
    const dying = new DyingStore(store, (step) => (step === 'saveCheckpoint' ? 'before' : 'not'));
    const old = await world.startProcess(dying);
    const position = await happen(world.log, [counted('a'), countedAnew('a'), counted('a')]);
    await until('it is dead', () => dying.dead);
    await old.stop();
    await reaches(await world.startProcess(store, { codec: newerCodec }), position);
    await operations({}, newerCodec).unpark('counters');
    expect(await countsIn(store)).toEqual({ a: 3 });
  });

  it.each([
    ['parked an event', poisonous, [counted('b'), moved('a', 'b'), counted('b')]],
    ['wrote a document', { fold: () => false }, [counted('b'), moved('a', 'b'), counted('b')]],
    ['parked an event without documents', { key: ({ type }) => type === 'Moved' }, [moved('a', 'b')]],
  ] as [string, Bugs, ReturnType<typeof counted>[]][])(
    'a sleeper that %s when it fell asleep does no harm when it wakes after an unpark',
    async (_what, bugs, events) => {
      const sleepy = new SleepyStore(store);
      const sleeper = await world.startProcess(sleepy, { projections: [countersWith(bugs)], lanes: 1 });
      await happen(world.log, events);
      await until('it sleeps before its write', () => sleepy.asleep);
      const awake = await startWith({ ...poisonous, key: ({ type }) => type === 'Dropped' }, store, 1);
      await reaches(awake, await happen(world.log, [counted('b'), dropped('a'), counted('a')]));
      await operations().unpark('counters');
      const before = await countsIn(store);
      sleepy.wakeUp();
      const position = await happen(world.log, [counted('c')]);
      await Promise.all([sleeper, awake].map((projector) => reaches(projector, position)));
      await operations().unpark('counters');
      expect(await countsIn(store)).toEqual({ ...before, c: 1 });
      expect(await check()).toMatchObject({ drift: [], parked: [] });
    },
  );
});
