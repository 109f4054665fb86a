import type { BuildId } from '../../../domain/kernel/ports/read-model-pointers.js';
import type { StoredDocument } from '../../../domain/kernel/ports/read-model-store.js';
import type { AnyProjection } from '../../../projections/kernel/projection.js';
import { InMemoryReadModelStore } from '../../mongo/in-memory-read-model-store.js';
import { ReadModelOperations } from './operations.js';
import type { Projector } from './projector.js';
import { ReadModel } from './read-model.js';
import { ReadYourWrites } from './read-your-writes.js';
import { checkReplay } from './replay-check.js';
import { ServedReadModels } from './serving-builds.js';
import { countersWith } from './testing/code-versions.js';
import {
  acme,
  codec,
  counted,
  counters,
  happen,
  moved,
  silent,
  World,
  type Counter,
} from './testing/counting.js';
import { DyingStore, SleepyStore } from './testing/faulty-stores.js';
import { until } from './testing/until.js';
import { WrappedStore } from './testing/wrapped-store.js';

/** As the next version of the code has it: it counts in twos. */
const doubled: AnyProjection = {
  ...counters,
  version: 2,
  on: { Counted: (before, _event, counter) => ({ counter, count: countOf(before) + 2 }) },
};

let world: World;
let store: InMemoryReadModelStore;
beforeEach(() => {
  world = new World();
  store = new InMemoryReadModelStore();
});
afterEach(() => world.end());

const operations = (...projections: readonly AnyProjection[]) =>
  new ReadModelOperations({
    log: world.log,
    codec,
    store,
    projections: projections.length > 0 ? projections : [counters],
    logger: silent,
  });
const reaches = (projector: Projector, model: AnyProjection, position: bigint) =>
  until(`${model.name} has applied ${position}`, () => (projector.appliedTo(model) ?? -1n) >= position);
const servingIs = ({ version, build }: BuildId) =>
  until(`v${version} b${build} serves`, async () => {
    const serving = (await store.pointer('counters'))?.serving;
    return serving?.version === version && serving.build === build;
  });
const statesOf = async () => {
  const [listed] = await operations().list();
  return listed?.builds.map(({ version, build, state, serving, kept }) => [
    `v${version} b${build}`,
    serving ? 'serving' : kept ? 'kept' : state,
  ]);
};
const queries = (of = store) =>
  new ReadModel<Counter>(
    counters,
    of,
    codec,
    new ReadYourWrites({ store: of, deadlineMs: 3000 }),
    () => undefined,
  );

describe('P6: a rebuild', () => {
  it('fills a build of its own, switches to it, and keeps the one before up to date', async () => {
    const projector = await world.startProcess(store);
    const early = await happen(world.log, [counted('a'), moved('a', 'b')]);
    await reaches(projector, counters, early);
    expect(await operations().rebuild('counters')).toEqual({ version: 1, build: 1 });
    await servingIs({ version: 1, build: 1 });
    expect(await statesOf()).toEqual([
      ['v1 b0', 'kept'],
      ['v1 b1', 'serving'],
    ]);
    const position = await happen(world.log, [counted('a')]);
    for (const build of [0, 1]) {
      await reaches(projector, { ...counters, build }, position);
      expect((await store.get({ ...counters, build }, { workspace: acme, id: 'a' }))?.document).toEqual({
        counter: 'a',
        count: 1,
      });
    }
    expect(await queries().find({ workspace: acme, after: position }, 'a')).toEqual({
      counter: 'a',
      count: 1,
    });
    expect(await checkReplay([counters], { log: world.log, store, codec })).toMatchObject([
      { build: 1, drift: [], documents: 2 },
    ]);
  });

  it('heals what was wrong in the documents, once it is switched to, and going back is real', async () => {
    const projector = await world.startProcess(store);
    await reaches(projector, counters, await happen(world.log, [counted('a')]));
    await store.write(counters, [{ workspace: acme, id: 'a', position: 5n, document: { count: 99 } }]);
    const read = new ServedReadModels(store);
    expect((await read.get(counters, { workspace: acme, id: 'a' }))?.document?.count).toBe(99);
    await operations().rebuild('counters');
    await servingIs({ version: 1, build: 1 });
    await until(
      'it is read',
      async () => (await read.get(counters, { workspace: acme, id: 'a' }))?.document?.count === 1,
    );
    expect(await operations().rollback('counters')).toEqual({ version: 1, build: 0 });
    await until(
      'the one before is read',
      async () => (await read.get(counters, { workspace: acme, id: 'a' }))?.document?.count === 99,
    );
  });

  it('is done by whoever asks for it where no projector runs', async () => {
    const projector = await world.startProcess(store);
    await reaches(projector, counters, await happen(world.log, [counted('a')]));
    await projector.stop();
    const id = await operations().rebuild('counters');
    expect(await operations().fill('counters', id)).toEqual({ kind: 'caught up', position: 0n });
    expect(await statesOf()).toEqual([
      ['v1 b0', 'kept'],
      ['v1 b1', 'serving'],
    ]);
    await expect(operations().rebuild('nonsense')).rejects.toMatchObject({ code: 'read-model.unknown' });
  });

  it('stops at its first error in history, says where and why, and the serving one stays', async () => {
    const projector = await world.startProcess(store);
    const position = await happen(world.log, [counted('a'), moved('a', 'b'), counted('a')]);
    await reaches(projector, counters, position);
    await projector.stop();
    const buggy = countersWith({ fold: ({ type }) => type === 'Moved' });
    const ops = operations(buggy);
    const id = await ops.rebuild('counters');
    expect(await ops.fill('counters', id)).toMatchObject({ kind: 'failed', position: 100n });
    expect((await ops.list())[0]?.builds).toMatchObject([
      { build: 0, serving: true },
      { build: 1, state: 'failed', failure: { position: 100n, reason: 'the fold does not work' } },
    ]);
    const next = await operations().rebuild('counters');
    expect(next).toEqual({ version: 1, build: 2 });
    await operations().fill('counters', next);
    await servingIs(next);
  });

  it('parks past the switch', async () => {
    const buggy = countersWith({ fold: ({ type }, id) => type === 'Moved' && id === 'b' });
    const projector = await world.startProcess(store, { projections: [buggy] });
    await reaches(projector, counters, await happen(world.log, [counted('a')]));
    await operations(buggy).rebuild('counters');
    await servingIs({ version: 1, build: 1 });
    const position = await happen(world.log, [moved('a', 'b')]);
    await reaches(projector, { ...counters, build: 1 }, position);
    expect(await operations().parked()).toMatchObject([
      { build: 0, document: 'acme/b' },
      { build: 1, document: 'acme/b' },
    ]);
  });

  it('is asked for once at a time, and not by older code', async () => {
    const projector = await world.startProcess(store);
    await reaches(projector, counters, await happen(world.log, [counted('a')]));
    await projector.stop();
    await operations(counters, doubled).rebuild('counters');
    await expect(operations(doubled).rebuild('counters')).rejects.toMatchObject({
      code: 'read-model.filling',
    });
    await operations(doubled).fill('counters', { version: 2, build: 0 });
    await expect(operations().rebuild('counters')).rejects.toMatchObject({ code: 'read-model.older-code' });
  });

  it('goes on where it was when its process was killed, whatever the step', async () => {
    const projector = await world.startProcess(store);
    const names = Array.from({ length: 60 }, (_none, index) => counted(`c${index % 20}`));
    let position = 0n;
    for (let round = 0; round < 30; round++) position = await happen(world.log, names);
    await reaches(projector, counters, position);
    await projector.stop();
    await operations().rebuild('counters');
    for (let diesAt = 1; diesAt < 8; diesAt++) {
      const dying = new DyingStore(store, (_step, nth) => (nth >= diesAt ? 'after' : 'not'));
      const killed = await world.startProcess(dying, { cacheBytes: 2000 });
      await until(
        'it is dead, or through',
        async () => dying.dead || (await store.pointer('counters'))?.serving.build === 1,
      );
      await killed.stop();
    }
    await world.startProcess(store, { cacheBytes: 2000 });
    await servingIs({ version: 1, build: 1 });
    expect(await checkReplay([counters], { log: world.log, store, codec })).toMatchObject([
      { build: 1, drift: [], documents: 20 },
    ]);
  });

  it('shows its progress to everybody', async () => {
    const projector = await world.startProcess(store);
    let position = 0n;
    for (let round = 0; round < 3; round++)
      position = await happen(
        world.log,
        Array.from({ length: 1000 }, () => counted('a')),
      );
    await reaches(projector, counters, position);
    await projector.stop();
    const shown: unknown[] = [];
    const watching = new (class extends WrappedStore {
      override replacePointer(...[after]: Parameters<WrappedStore['replacePointer']>) {
        const progress = after.builds.at(-1)?.progress;
        if (progress) shown.push(progress);
        return super.replacePointer(after);
      }
    })(store);
    const ops = new ReadModelOperations({
      log: world.log,
      codec,
      store: watching,
      projections: [counters],
      logger: silent,
    });
    await ops.fill('counters', await ops.rebuild('counters'));
    expect(shown[0]).toEqual({
      position: 24_900n,
      head: position,
      events: 250,
      eventsPerSecond: expect.any(Number) as number,
      secondsLeft: expect.any(Number) as number,
    });
  });
});

describe('P5: a build that is retired', () => {
  it('is gone, its number is not given again, and a sleeper brings nothing back that anybody reads', async () => {
    const sleepy = new SleepyStore(store);
    const sleeper = await world.startProcess(sleepy);
    await happen(world.log, [counted('a')]);
    await until('it sleeps', () => sleepy.asleep);
    const awake = await world.startProcess(store);
    await operations().rebuild('counters');
    await servingIs({ version: 1, build: 1 });
    await expect(operations().retire('counters', { version: 1, build: 1 })).rejects.toMatchObject({
      code: 'read-model.serving',
    });
    await operations().retire('counters', { version: 1, build: 0 });
    expect(await statesOf()).toEqual([['v1 b1', 'serving']]);
    expect(await store.checkpoints(counters)).toEqual([]);
    await expect(operations().rollback('counters', { version: 1, build: 0 })).rejects.toMatchObject({
      code: 'read-model.not-fed',
    });
    sleepy.wakeUp();
    const position = await happen(world.log, [counted('a')]);
    await reaches(awake, { ...counters, build: 1 }, position);
    await sleeper.stop();
    const [found] = await collected(new ServedReadModels(store).live(counters));
    expect(found?.document).toEqual({ counter: 'a', count: 2 });
    expect(await operations().rebuild('counters')).toEqual({ version: 1, build: 2 });
  });
});

describe('P6: a new version of the code', () => {
  it('fills beside, takes over when it has caught up, and the old one is fed while its code is there', async () => {
    const old = await world.startProcess(store);
    await reaches(old, counters, await happen(world.log, [counted('a')]));
    await old.stop();
    const anew = await world.startProcess(store, { projections: [counters, doubled] });
    await servingIs({ version: 2, build: 0 });
    const position = await happen(world.log, [counted('a')]);
    await reaches(anew, { ...doubled, build: 0 }, position);
    await reaches(anew, { ...counters, build: 0 }, position);
    const read = async (model: AnyProjection) =>
      (await new ServedReadModels(store).get(model, { workspace: acme, id: 'a' }))?.document?.count;
    expect(await read(doubled)).toBe(4);
    // A process with the old code still reads what it knows.
    expect(await read(counters)).toBe(2);
    expect(await operations(counters, doubled).rollback('counters')).toEqual({ version: 1, build: 0 });
    expect(await read(doubled)).toBe(2);
  });

  it('fills the whole of history at the first start, and parks there what cannot be applied', async () => {
    const buggy = countersWith({ fold: ({ type }, id) => type === 'Moved' && id === 'b' });
    const position = await happen(world.log, [counted('b'), moved('a', 'b'), counted('b'), counted('c')]);
    const projector = await world.startProcess(store, { projections: [buggy] });
    await reaches(projector, counters, position);
    expect(await operations().parked()).toMatchObject([{ document: 'acme/b', position: '100', waiting: 1 }]);
    expect(await checkReplay([counters], { log: world.log, store, codec })).toMatchObject([
      { drift: [], documents: 3 },
    ]);
  });

  it('is refused when a version is defined twice', () =>
    expect(world.startProcess(store, { projections: [counters, counters] })).rejects.toThrow(RangeError));
});

function countOf(before: object | undefined): number {
  return before && 'count' in before ? Number(before.count) : 0;
}

async function collected(documents: AsyncIterable<StoredDocument>): Promise<StoredDocument[]> {
  const all: StoredDocument[] = [];
  for await (const document of documents) all.push(document);
  return all;
}
