import type { StoredDocument } from '../../../domain/kernel/ports/read-model-store.js';
import { InMemoryReadModelStore } from '../../mongo/in-memory-read-model-store.js';
import { checkReplay } from './replay-check.js';
import { acme, codec, counted, counters, dropped, happen, moved, noted, World } from './testing/counting.js';
import { DyingStore } from './testing/faulty-stores.js';
import { until } from './testing/until.js';
import { WrappedStore } from './testing/wrapped-store.js';

describe('replay == read model', () => {
  let world: World;
  let store: InMemoryReadModelStore;
  beforeEach(async () => {
    world = new World();
    store = new InMemoryReadModelStore();
    const projector = await world.startProcess(store);
    await happen(world.log, [counted('a'), counted('b'), moved('a', 'b'), counted('gone'), dropped('gone')]);
    const position = await happen(world.log, [noted]);
    await until('all is applied', () => projector.appliedTo(counters) === position);
    await projector.stop();
  });
  afterEach(() => world.end());

  const check = async (of: WrappedStore | InMemoryReadModelStore = store) =>
    (await checkReplay([counters], { log: world.log, store: of, codec }))[0];

  /** A store that shows its documents otherwise than they are. */
  const showing = (change: (document: StoredDocument) => readonly StoredDocument[]) =>
    new (class extends WrappedStore {
      override async *all(...of: Parameters<WrappedStore['all']>) {
        for await (const document of super.all(...of)) yield* change(document);
      }
    })(store);
  const changing = (id: string, change: (document: StoredDocument) => readonly StoredDocument[]) =>
    showing((document) => (document.id === id ? change(document) : [document]));

  it('holds for an honest store', async () => {
    expect(await check()).toEqual({
      readModel: 'counters',
      version: 1,
      build: 0,
      documents: 3,
      applied: '500',
      drift: [],
      parked: [],
    });
  });

  it.each<[string, (document: StoredDocument) => readonly StoredDocument[]]>([
    ['another content', (document) => [{ ...document, document: { counter: 'a', count: 7 } }]],
    ['another position', (document) => [{ ...document, position: document.position - 100n }]],
    ['a field too many', (document) => [{ ...document, document: { ...document.document, more: 1 } }]],
    ['nothing, as if it were deleted', (document) => [{ ...document, document: undefined }]],
  ])('finds a document that has %s', async (_what, change) => {
    expect((await check(changing('a', change)))?.drift).toEqual([
      { document: 'acme/a', difference: 'different' },
    ]);
  });

  it('finds a document that cannot be read, and compares the others', async () => {
    const odd = new (class extends WrappedStore {
      override async *all(...[model, onUnreadable]: Parameters<WrappedStore['all']>) {
        for await (const document of super.all(model))
          if (document.id === 'a') onUnreadable?.('acme/a', 'acme/a bears no position');
          else yield document;
      }
    })(store);
    expect((await check(odd))?.drift).toEqual([{ document: 'acme/a', difference: 'unreadable' }]);
  });

  it('finds a document that is missing', async () => {
    expect((await check(changing('b', () => [])))?.drift).toEqual([
      { document: 'acme/b', difference: 'missing' },
    ]);
  });

  it('finds a tombstone that came back to life', async () => {
    const risen = changing('gone', (document) => [{ ...document, document: { counter: 'gone', count: 1 } }]);
    expect((await check(risen))?.drift).toEqual([{ document: 'acme/gone', difference: 'different' }]);
  });

  it('finds a document that no event made', async () => {
    await store.write(counters, [{ workspace: acme, id: 'made-up', position: 3n, document: {} }]);
    expect((await check())?.drift).toEqual([{ document: 'acme/made-up', difference: 'superfluous' }]);
  });

  it('holds while documents are ahead of the checkpoint', async () => {
    const dying = new DyingStore(store, (step) => (step === 'saveCheckpoint' ? 'before' : 'not'));
    await world.startProcess(dying, { lanes: 2 });
    await happen(world.log, [counted('a'), counted('new')]);
    await until('it is dead', () => dying.dead);
    expect((await store.checkpoints(counters)).every(({ position }) => position === 500n)).toBe(true);
    expect((await check())?.drift).toEqual([]);
  });

  it('holds before the first checkpoint', async () => {
    const fresh = new InMemoryReadModelStore();
    const reports = await checkReplay([counters], { log: world.log, store: fresh, codec });
    expect(reports).toMatchObject([{ applied: null, documents: 0, drift: [] }]);
  });

  it('holds though the log went on since, which nobody has applied yet', async () => {
    await happen(world.log, [counted('a'), counted('new')]);
    expect((await check())?.drift).toEqual([]);
  });
});
