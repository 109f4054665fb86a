import { randomUUID } from 'node:crypto';
import { streamName, type StreamName } from '../../../domain/kernel/names.js';
import type { AnyProjection } from '../../../projections/kernel/projection.js';
import { InMemoryReadModelStore } from '../../mongo/in-memory-read-model-store.js';
import { HandedEvent } from './handed-event.js';
import { FedBuild } from './fed-build.js';
import {
  acme,
  codec,
  counted,
  counters,
  countsIn,
  documentsIn,
  dropped,
  happen,
  moved,
  noted,
  World,
} from './testing/counting.js';
import { DyingStore, FailingStore, SleepyStore } from './testing/faulty-stores.js';
import { until } from './testing/until.js';
import { WrappedStore } from './testing/wrapped-store.js';
import type { Projector } from './projector.js';

let world: World;
let store: InMemoryReadModelStore;
beforeEach(() => {
  world = new World();
  store = new InMemoryReadModelStore();
});
afterEach(() => world.end());

const reaches = (projector: Projector, position: bigint, model = counters) =>
  until(`${model.name} has applied ${position}`, () => (projector.appliedTo(model) ?? -1n) >= position);
const faultOf = (projector: Projector, name = 'counters') =>
  projector.status.find((model) => model.name === name)?.lanes.find(({ fault }) => fault)?.fault;

describe('P2: a process that is killed between writing and its checkpoint', () => {
  it.each([
    ['before its documents are written', 'write', 'before'],
    ['after its documents are written', 'write', 'after'],
    ['before its checkpoint is saved', 'saveCheckpoint', 'before'],
    ['after its checkpoint is saved', 'saveCheckpoint', 'after'],
  ] as const)('counts nothing twice and nothing never when it dies %s', async (_when, dyingStep, fate) => {
    const dying = new DyingStore(store, (step) => (step === dyingStep ? fate : 'not'));
    const first = await world.startProcess(dying, { lanes: 1 });
    const position = await happen(world.log, [counted('a'), counted('b'), counted('a'), moved('a', 'b')]);
    await until('it is dead', () => dying.dead);
    await first.stop();
    await reaches(await world.startProcess(store, { lanes: 1 }), position);
    expect(await countsIn(store)).toEqual({ a: 1, b: 11 });
  });

  it('goes on folding what it finds, events newer than a document only', async () => {
    const dying = new DyingStore(store, (step) => (step === 'saveCheckpoint' ? 'before' : 'not'));
    const first = await world.startProcess(dying, { lanes: 1 });
    await happen(world.log, [counted('a')]);
    await until('it is dead', () => dying.dead);
    await first.stop();
    const position = await happen(world.log, [counted('a')]);
    await reaches(await world.startProcess(store, { lanes: 1 }), position);
    expect(await countsIn(store)).toEqual({ a: 2 });
  });
});

describe('P3: two processes at once on the same lanes', () => {
  it('end in the same documents as one', async () => {
    const processes = [await world.startProcess(store), await world.startProcess(store)];
    let position = 0n;
    for (let round = 0; round < 30; round++)
      position = await happen(world.log, [counted('a'), moved('a', `b${round % 3}`), counted('c')]);
    await Promise.all(processes.map((projector) => reaches(projector, position)));
    expect(await countsIn(store)).toEqual({ a: 0, b0: 100, b1: 100, b2: 100, c: 30 });
  });

  it('never let a late write cover a newer one', async () => {
    const sleepy = new SleepyStore(store);
    const sleeper = await world.startProcess(sleepy, { lanes: 1 });
    await happen(world.log, [counted('a')]);
    await until('it sleeps before its write', () => sleepy.asleep);
    const position = await happen(world.log, [counted('a'), counted('a')]);
    await reaches(await world.startProcess(store, { lanes: 1 }), position);
    sleepy.wakeUp();
    await reaches(sleeper, position);
    expect(await countsIn(store)).toEqual({ a: 3 });
  });
});

describe('P4: checkpoints', () => {
  it('follow the documents: what is not written is not skipped by the next process', async () => {
    const dying = new DyingStore(store, (step) => (step === 'write' ? 'before' : 'not'));
    const first = await world.startProcess(dying, { lanes: 1 });
    const position = await happen(world.log, [counted('a')]);
    await until('it is dead', () => dying.dead);
    await first.stop();
    expect(await store.checkpoints(counters)).toEqual([]);
    await reaches(await world.startProcess(store, { lanes: 1 }), position);
    expect(await countsIn(store)).toEqual({ a: 1 });
  });

  it('never run ahead of the documents, at any moment', async () => {
    const ahead: string[] = [];
    const watching = new (class extends WrappedStore {
      override async saveCheckpoint(...saved: Parameters<WrappedStore['saveCheckpoint']>) {
        const counts = Object.values(await countsIn(store)).map((count) => count ?? 0);
        const written = counts.reduce((sum, count) => sum + count, 0);
        // One event a position, positions a hundred apart, from zero.
        const due = Number(saved[1].position / 100n) + 1;
        if (written < due) ahead.push(`${written} of ${due} at ${saved[1].position}`);
        return super.saveCheckpoint(...saved);
      }
    })(store);
    const projector = await world.startProcess(watching, { lanes: 1 });
    let position = 0n;
    for (let round = 0; round < 20; round++) {
      position = await happen(world.log, [counted(`c${round % 4}`), counted('a')]);
      await new Promise((resume) => setImmediate(resume));
    }
    await reaches(projector, position);
    await projector.stop();
    expect(ahead).toEqual([]);
  });

  it('do not go back when a process that was asleep saves its own', async () => {
    const sleepy = new SleepyStore(store);
    const sleeper = await world.startProcess(sleepy, { lanes: 1 });
    const early = await happen(world.log, [counted('a')]);
    await until('it sleeps before its write', () => sleepy.asleep);
    // It hears of nothing that comes after.
    const other = new World();
    await happen(other.log, [counted('a')]);
    const position = await happen(other.log, [counted('a')]);
    const awake = await other.startProcess(store, { lanes: 1 });
    await reaches(awake, position);
    await other.end();
    sleepy.wakeUp();
    await reaches(sleeper, early);
    await sleeper.stop();
    expect(await store.checkpoints(counters)).toEqual([{ lane: 0, lanes: 1, position }]);
  });

  it('of another number of lanes let every lane start at the smallest: the documents are the same', async () => {
    const names = Array.from({ length: 40 }, (_none, index) => `c${index}`);
    let position = 0n;
    for (const lanes of [1, 2, 3, 5, 2, 1]) {
      const whole = await world.startProcess(store, { lanes });
      position = await happen(world.log, names.map(counted));
      await reaches(whole, position);
      await whole.stop();
      // One lane of this process is away while it runs: its checkpoint stays behind the others.
      const lagging = new (class extends WrappedStore {
        override write(...written: Parameters<WrappedStore['write']>) {
          if (written[1].some(({ id }) => id === 'c7')) return Promise.reject(new Error('this lane is away'));
          return super.write(...written);
        }
      })(store);
      const first = await world.startProcess(lagging, { lanes });
      position = await happen(world.log, names.map(counted));
      await until('the lanes that are not away are through', () =>
        first.status[0]!.lanes.every(({ applied, fault }) => applied === position || fault !== undefined),
      );
      await first.stop();
    }
    await reaches(await world.startProcess(store, { lanes: 3 }), position);
    expect(await countsIn(store)).toEqual(Object.fromEntries(names.map((name) => [name, 12])));
  });

  it.each([1, 2, 3, 5])('of %i lanes are taken up where they are', async (lanes) => {
    const names = Array.from({ length: 20 }, (_none, index) => `c${index}`);
    const first = await world.startProcess(store, { lanes });
    await reaches(first, await happen(world.log, names.map(counted)));
    await first.stop();
    const loads: string[] = [];
    const watching = new (class extends WrappedStore {
      override load(...asked: Parameters<WrappedStore['load']>) {
        loads.push(...asked[1].map(({ id }) => id));
        return super.load(...asked);
      }
    })(store);
    const second = await world.startProcess(watching, { lanes });
    await reaches(second, await happen(world.log, [counted('late')]));
    expect(loads).toEqual(['late']);
  });
});

describe('P5: a deletion', () => {
  it('stays when a late writer inserts', async () => {
    const sleepy = new SleepyStore(store);
    const sleeper = await world.startProcess(sleepy, { lanes: 1 });
    await happen(world.log, [counted('a')]);
    await until('it sleeps before its insert', () => sleepy.asleep);
    const position = await happen(world.log, [dropped('a')]);
    await reaches(await world.startProcess(store, { lanes: 1 }), position);
    sleepy.wakeUp();
    await until('it has written', async () => (await store.checkpoints(counters)).length > 0);
    await reaches(sleeper, position);
    expect((await documentsIn(store)).get('a')).toEqual({
      workspace: acme,
      id: 'a',
      position,
      document: undefined,
    });
    expect((await store.page(counters, acme, { limit: 10 })).items).toEqual([]);
  });

  it('is no end: what comes after it begins anew', async () => {
    const projector = await world.startProcess(store);
    await reaches(projector, await happen(world.log, [counted('a'), counted('a'), dropped('a')]));
    await reaches(projector, await happen(world.log, [counted('a')]));
    expect(await countsIn(store)).toEqual({ a: 1 });
  });
});

describe('a read model that is stuck', () => {
  let broken = false;
  const fragile: AnyProjection = { ...counters, name: 'fragile' };
  const failing = () =>
    new (class extends WrappedStore {
      override write(...written: Parameters<WrappedStore['write']>) {
        const [{ name }, documents] = written;
        if (broken && name === 'fragile' && documents.some(({ id }) => id === 'heavy'))
          return Promise.reject(new Error('the store does not take it'));
        return super.write(...written);
      }
    })(store);
  const start = (lanes: number) => world.startProcess(failing(), { lanes, projections: [fragile, counters] });
  const fragileCount = async (id: string) => (await documentsIn(store, fragile)).get(id)?.document?.count;
  beforeEach(() => (broken = true));

  it('says why, lets the others go on, and goes on itself when it can', async () => {
    const projector = await start(2);
    const position = await happen(world.log, [counted('a'), counted('heavy'), counted('a')]);
    await reaches(projector, position);
    await until('it says why', () => faultOf(projector, 'fragile') === 'the store does not take it');
    expect(projector.appliedTo(fragile) ?? -1n).toBeLessThan(position);
    expect(faultOf(projector)).toBeUndefined();
    broken = false;
    await until('it is through', () => projector.appliedTo(fragile) === position);
    expect(faultOf(projector, 'fragile')).toBeUndefined();
    expect(await fragileCount('a')).toBe(2);
    expect(await fragileCount('heavy')).toBe(1);
  });

  it('stops only its lane', async () => {
    const projector = await start(5);
    const names = Array.from({ length: 20 }, (_none, index) => `c${index}`);
    const position = await happen(world.log, [counted('heavy'), ...names.map(counted)]);
    const lanes = () => projector.status.find(({ name }) => name === 'fragile')!.lanes;
    await until(
      'four lanes are through',
      () => lanes().filter((lane) => lane.applied === position).length === 4,
    );
    await until('the fifth says why', () => lanes().filter(({ fault }) => fault).length === 1);
  });

  it('is set aside when it could stop the others, loses nothing, and comes back', async () => {
    const projector = await start(1);
    const setAside = () => projector.status.find(({ name }) => name === 'fragile')?.setAside;
    await happen(world.log, [counted('heavy')]);
    await until('it is stuck', () => faultOf(projector, 'fragile') !== undefined);
    let position = 0n;
    for (let round = 0; round < 8; round++)
      position = await happen(
        world.log,
        Array.from({ length: 1000 }, () => counted('a')),
      );
    await reaches(projector, position);
    expect(setAside()).toBe(true);
    broken = false;
    await until('it is through', () => projector.appliedTo(fragile) === position);
    expect(await fragileCount('a')).toBe(8000);
    position = await happen(world.log, [counted('a')]);
    await until('it is back', () => setAside() === false);
    position = await happen(world.log, [counted('a'), noted]);
    await until('it is through', () => projector.appliedTo(fragile) === position);
    await reaches(projector, position);
    expect(await fragileCount('a')).toBe(8002);
    expect(await countsIn(store)).toEqual({ a: 8002, heavy: 1 });
  });

  it('can be stopped while it is stuck and full', async () => {
    const projector = await world.startProcess(failing(), { lanes: 1, projections: [fragile] });
    await happen(world.log, [counted('heavy'), ...Array.from({ length: 6000 }, () => counted('a'))]);
    await until('it is stuck', () => faultOf(projector, 'fragile') !== undefined);
    await projector.stop();
  });

  it('holds no more in memory than a few of the largest events', async () => {
    const projector = await start(1);
    await happen(world.log, [counted('heavy')]);
    await until('it is stuck', () => faultOf(projector, 'fragile') !== undefined);
    const large = { type: 'Counted', data: { counter: 'a', text: 'x'.repeat(1024 * 1024) } };
    const position = await happen(
      world.log,
      Array.from({ length: 20 }, () => large),
    );
    await reaches(projector, position);
    expect(projector.status.find(({ name }) => name === 'fragile')?.setAside).toBe(true);
    broken = false;
    await until('it is through', () => projector.appliedTo(fragile) === position);
    expect(await fragileCount('a')).toBe(20);
  });
});

describe('a store that is away for a while', () => {
  it.each(['load', 'write', 'saveCheckpoint'] as const)(
    'is waited for at its %s, and nothing is lost or left as a fault',
    async (step) => {
      const failing = new FailingStore(store);
      const projector = await world.startProcess(failing, { lanes: 1 });
      failing.failing = [step];
      const position = await happen(world.log, [counted('a'), counted('a')]);
      await until('it says why', () => faultOf(projector) === 'the store is away');
      failing.failing = [];
      await until('it goes on', () => faultOf(projector) === undefined);
      await reaches(projector, position);
      await until('its checkpoint is saved', async () => {
        const [saved] = await store.checkpoints(counters);
        return saved?.position === position;
      });
      expect(await countsIn(store)).toEqual({ a: 2 });
    },
  );
});

describe('a lane', () => {
  it.each(Array.from({ length: 12 }, (_none, depth) => [depth]))(
    'takes up what is offered %i turns after its last checkpoint',
    async (depth) => {
      const offering = new (class extends WrappedStore {
        override async saveCheckpoint(...saved: Parameters<WrappedStore['saveCheckpoint']>) {
          const kept = await super.saveCheckpoint(...saved);
          let turns = Promise.resolve();
          for (let turn = 0; turn < depth; turn++) turns = turns.then(() => undefined);
          void turns.then(() => lane.offer(200n, undefined));
          return kept;
        }
      })(store);
      const stream = streamName('counter', acme, 'a');
      await happen(world.log, [counted('a')], stream);
      const event = (await world.log.readLast(stream))!;
      const build = new FedBuild({
        projection: counters,
        store: offering,
        lanes: 1,
        onApplied: () => undefined,
      });
      const lane = (await build.open(0))!;
      lane.offer(100n, new HandedEvent({ ...event, position: 100n }, codec));
      await until('it is applied', () => build.applied === 200n);
      await build.stop();
    },
  );
});

describe('events of others in the same log', () => {
  it.each([
    ['without a link', streamName('counter', acme, 'foreign')],
    ['in a stream that no workspace has', 'counter-without-a-workspace'],
  ])('are passed over %s, though their type bears the same name', async (_where, stream) => {
    const projector = await world.startProcess(store, { lanes: 2 });
    const foreign = { id: randomUUID(), type: 'Counted', data: { counter: 'a' }, metadata: {} };
    await world.log.append(stream as StreamName, 'no_stream', [foreign]);
    await reaches(projector, await happen(world.log, [counted('a')]));
    expect(await countsIn(store)).toEqual({ a: 1 });
    expect(faultOf(projector)).toBeUndefined();
  });
});

describe('a process that stops', () => {
  it('saves what it has applied, at once, and nothing afterwards', async () => {
    let stopped = false;
    const after: bigint[] = [];
    const watching = new (class extends WrappedStore {
      override saveCheckpoint(...saved: Parameters<WrappedStore['saveCheckpoint']>) {
        if (stopped) after.push(saved[1].position);
        return super.saveCheckpoint(...saved);
      }
    })(store);
    const projector = await world.startProcess(watching, { lanes: 2 });
    const position = await happen(world.log, [counted('a'), noted]);
    await reaches(projector, position);
    await projector.stop();
    stopped = true;
    expect((await store.checkpoints(counters)).map((saved) => saved.position)).toEqual([position, position]);
    await happen(world.log, [counted('a')]);
    await new Promise((resume) => setImmediate(resume));
    expect(after).toEqual([]);
    expect(await countsIn(store)).toEqual({ a: 1 });
  });
});
