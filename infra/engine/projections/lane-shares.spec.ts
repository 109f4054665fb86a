import { Unavailable } from '../../../domain/kernel/errors.js';
import type { ReadModelStore, ReadModelVersion } from '../../../domain/kernel/ports/read-model-store.js';
import type { AnyProjection } from '../../../projections/kernel/projection.js';
import { InMemoryReadModelStore } from '../../mongo/in-memory-read-model-store.js';
import { pause } from '../../system/pause.js';
import { InMemoryLeaseStore } from '../leases/in-memory-lease-store.js';
import { Leases } from '../leases/leases.js';
import type { Projector } from './projector.js';
import { ReadYourWrites } from './read-your-writes.js';
import { counted, counters, countsIn, happen, World } from './testing/counting.js';
import { SleepyStore } from './testing/faulty-stores.js';
import { until } from './testing/until.js';
import { WrappedStore } from './testing/wrapped-store.js';

const lanes = 6;
const models: readonly AnyProjection[] = [counters, { ...counters, name: 'others' }];

let world: World;
let store: InMemoryReadModelStore;
let leaseStore: InMemoryLeaseStore;
let opened: Leases[];
beforeEach(() => {
  world = new World();
  store = new InMemoryReadModelStore();
  leaseStore = new InMemoryLeaseStore();
  opened = [];
});
afterEach(async () => {
  await world.end();
  await Promise.all(opened.map((leases) => leases.stop()));
});

const leasesOf = (holder: string, isDead: (holder: string) => boolean = () => false) => {
  const leases = new Leases({ store: leaseStore, holder, isDead });
  opened.push(leases);
  return leases;
};
const start = (holder: string, of: ReadModelStore = store, isDead?: (holder: string) => boolean) =>
  world.startProcess(of, { lanes, projections: models, leases: leasesOf(holder, isDead), pollMs: 5 });
const heldBy = (projector: Projector) =>
  projector.status.flatMap((model) => model.lanes).filter(({ held }) => held).length;
const names = Array.from({ length: 30 }, (_none, index) => `c${index}`);
const appliedEverywhere = (position: bigint) =>
  new ReadYourWrites({ store, deadlineMs: 5000 }).waitFor(counters, position);

const askForRebuild = async () => {
  const pointer = (await store.pointer('counters'))!;
  await store.replacePointer({
    ...pointer,
    revision: pointer.revision + 1,
    builds: [...pointer.builds, { version: 1, build: 1, state: 'filling' }],
  });
};

describe('lanes under leases', () => {
  it('are all worked by one process, shared evenly when more come, and taken back when they go', async () => {
    const first = await start('first');
    await until('it has all', () => heldBy(first) === 12);
    const second = await start('second');
    await until('each has half', () => heldBy(first) === 6 && heldBy(second) === 6);
    const third = await start('third');
    await until('each has a third', () => [first, second, third].every((one) => heldBy(one) === 4));
    const position = await happen(world.log, [...names, ...names].map(counted));
    await appliedEverywhere(position);
    expect(await countsIn(store)).toEqual(Object.fromEntries(names.map((name) => [name, 2])));
    await second.stop();
    await third.stop();
    await until('it has all again', () => heldBy(first) === 12);
    await appliedEverywhere(await happen(world.log, names.map(counted)));
    expect(await countsIn(store)).toEqual(Object.fromEntries(names.map((name) => [name, 3])));
  });

  it('are asked about in the store by a process that works only some of them', async () => {
    const first = await start('first');
    const second = await start('second');
    await until('each has half', () => heldBy(first) === 6 && heldBy(second) === 6);
    const position = await happen(world.log, names.map(counted));
    for (const projector of [first, second]) {
      expect(projector.runs(counters)).toBe(false);
      expect(projector.appliedTo(counters)).toBeUndefined();
      await new ReadYourWrites({ store, projector, deadlineMs: 5000 }).waitFor(counters, position);
    }
  });

  it('are taken over from a process that sleeps, which learns that it was replaced and does no harm', async () => {
    const sleepy = new SleepyStore(store);
    const sleeper = await start('sleeper', sleepy);
    await until('it has all', () => heldBy(sleeper) === 12);
    await happen(world.log, names.map(counted));
    await until('it sleeps before its write', () => sleepy.asleep);
    const awake = await start('awake', store, (holder) => holder === 'sleeper');
    await until('all are taken over', () => heldBy(awake) === 12);
    const position = await happen(world.log, names.map(counted));
    await until('all is applied', () => awake.appliedTo(counters) === position);
    sleepy.wakeUp();
    await until('it has learnt it', () => heldBy(sleeper) < 12);
    await appliedEverywhere(await happen(world.log, names.map(counted)));
    expect(await countsIn(store)).toEqual(Object.fromEntries(names.map((name) => [name, 3])));
  });

  it('start where their checkpoints stand after a rebuild that only one process fills', async () => {
    const first = await start('first');
    await start('second');
    await appliedEverywhere(await happen(world.log, names.map(counted)));
    await askForRebuild();
    await until('it serves', async () => (await store.pointer('counters'))?.serving.build === 1);
    await until('its lanes are shared too', () => heldBy(first) === 9);
    const position = await happen(world.log, names.map(counted));
    await new ReadYourWrites({ store, deadlineMs: 5000 }).waitFor({ ...counters, build: 1 }, position);
    const found: unknown[] = [];
    for await (const { document } of store.all({ ...counters, build: 1 })) found.push(document?.count);
    expect(found).toEqual(names.map(() => 2));
  });

  it('come from a rebuild though its collection could not be prepared at first', async () => {
    const refusals: ReadModelVersion[] = [];
    const unprepared = new (class extends WrappedStore {
      override async prepare(model: ReadModelVersion): Promise<void> {
        if (model.build !== 1 || refusals.push(model) > 1) return super.prepare(model);
        throw new Unavailable('test.away', 'the store is away');
      }
    })(store);
    await start('first', unprepared);
    await appliedEverywhere(await happen(world.log, names.map(counted)));
    await askForRebuild();
    await until('it serves', async () => (await store.pointer('counters'))?.serving.build === 1);
    expect(refusals.length).toBeGreaterThan(1);
  });

  it('are all read for, though one could not be opened while another took long', async () => {
    let asked = 0;
    let answered = false;
    const uneven = new (class extends WrappedStore {
      override async checkpoints(model: ReadModelVersion) {
        const builds = (await store.pointer('counters'))?.builds ?? [];
        const opens = model.build === 1 && builds.some(({ build, state }) => build === 1 && state === 'live');
        const nth = opens ? ++asked : 0;
        if (nth === 1) throw new Unavailable('test.away', 'the store is away');
        if (nth === 2) {
          await pause(100);
          answered = true;
        }
        return super.checkpoints(model);
      }
    })(store);
    const projector = await world.startProcess(uneven, { lanes: 3, pollMs: 5 });
    await appliedEverywhere(await happen(world.log, names.map(counted)));
    await askForRebuild();
    await until('all its lanes are worked', () => answered && projector.runs({ ...counters, build: 1 }));
    const position = await happen(world.log, names.map(counted));
    await until('all is applied', () => projector.appliedTo({ ...counters, build: 1 }) === position);
    expect(asked).toBeGreaterThan(3);
  });
});
