import { InMemoryReadModelStore } from '../../mongo/in-memory-read-model-store.js';
import { measureLag } from './lag.js';
import { acme, counted, counters, happen, noted, World } from './testing/counting.js';
import { until } from './testing/until.js';
import { streamName } from '../../../domain/kernel/names.js';

/** 90 seconds after everything that happens in these specifications. */
const now = Date.parse('2024-06-12T20:01:30.000Z');

describe('lag', () => {
  let world: World;
  let store: InMemoryReadModelStore;
  beforeEach(() => {
    world = new World();
    store = new InMemoryReadModelStore();
  });
  afterEach(() => world.end());
  const measure = async (at = now) => (await measureLag([counters], world.log, store, at))[0];

  it('is nothing where nothing ever happened', async () => {
    expect(await measure()).toEqual({
      readModel: 'counters',
      version: 1,
      build: 0,
      state: 'live',
      serving: true,
      parked: 0,
      lanes: [],
      applied: null,
      head: null,
      events: 0,
      seconds: 0,
    });
  });

  it('is everything before the first checkpoint, by the age of the oldest event', async () => {
    await happen(world.log, [counted('a'), noted]);
    expect(await measure()).toMatchObject({ applied: null, head: '100', events: 2, seconds: 90 });
  });

  it('is nothing once all is applied, and what came since afterwards', async () => {
    const projector = await world.startProcess(store);
    const position = await happen(world.log, [counted('a'), noted]);
    await until('all is applied', () => projector.appliedTo(counters) === position);
    await projector.stop();
    expect(await measure()).toMatchObject({ applied: '100', head: '100', events: 0, seconds: 0 });
    await happen(world.log, [noted, counted('b'), counted('b')]);
    expect(await measure()).toMatchObject({ applied: '100', head: '400', events: 3, seconds: 90 });
  });

  it('is measured for each read model by itself', async () => {
    const behind = { ...counters, version: 2 };
    await happen(world.log, [counted('a'), counted('a')]);
    await store.saveCheckpoint(counters, { lane: 0, lanes: 1, position: 0n });
    await store.saveCheckpoint(behind, { lane: 0, lanes: 1, position: 100n });
    const reports = await measureLag([counters, behind], world.log, store, now);
    expect(reports.map(({ events }) => events)).toEqual([1, 0]);
  });

  it('takes an event of others, which does not say when it happened, for new', async () => {
    const foreign = { id: 'f', type: 'Foreign', data: {}, metadata: { 'a.at': 'some day' } };
    await world.log.append(streamName('foreign', acme, 'f'), 'no_stream', [foreign]);
    expect(await measure()).toMatchObject({ events: 1, seconds: 0 });
  });

  it('is never negative, though a clock was ahead', async () => {
    await happen(world.log, [counted('a')]);
    expect(await measure(now - 3_600_000)).toMatchObject({ events: 1, seconds: 0 });
  });
});
