import type { JsonObject } from '../../domain/kernel/json.js';
import { workspaceId } from '../../domain/kernel/names.js';
import type { ReadModelPointer } from '../../domain/kernel/ports/read-model-pointers.js';
import {
  beforeAnyEvent,
  type ReadModelStore,
  type ReadModelVersion,
  type StoredDocument,
  type UnkeyedEvent,
} from '../../domain/kernel/ports/read-model-store.js';

const acme = workspaceId('acme');

export interface ContractSamples {
  readonly freshModel: () => ReadModelVersion;
  readonly documentAt: (id: string, position: bigint, fields?: object) => StoredDocument;
}

/** The part of the port's contract that parking, builds and leases rely on. */
export function itKeepsParkedEventsAndBuilds(
  open: () => ReadModelStore,
  { freshModel, documentAt }: ContractSamples,
): void {
  describe('rule P3: the mark of a document', () => {
    const parked = {
      position: 20n,
      stream: 's-acme.1',
      type: 'Odd',
      reason: 'it is odd',
      waiting: [21n, 2n ** 60n],
    };
    const key = { workspace: acme, id: 'one' };
    const keys = (found: readonly object[]) => found.map((one) => ({ ...one }));

    it('refuses a write that was made from another mark, and takes the one that was loaded', async () => {
      const store = open();
      const model = freshModel();
      await store.write(model, [documentAt('one', 10n)]);
      const marked = { ...documentAt('one', 10n), mark: 1, parked };
      expect(await store.replace(model, documentAt('one', 10n), marked)).toBe(true);
      expect(await store.write(model, [documentAt('one', 30n), documentAt('two', 30n)])).toEqual([key]);
      expect(await store.load(model, [key])).toEqual([marked]);
      expect(await store.write(model, [{ ...documentAt('one', 30n), mark: 1 }])).toEqual([]);
      expect(await store.get(model, key)).toEqual({ ...documentAt('one', 30n), mark: 1 });
    });

    it('counts a write as done when the document is later, whatever its mark', async () => {
      const store = open();
      const model = freshModel();
      await store.replace(model, undefined, { ...documentAt('one', 30n), mark: 3 });
      expect(await store.write(model, [documentAt('one', 30n), documentAt('two', 1n)])).toEqual([]);
      expect(await store.get(model, key)).toEqual({ ...documentAt('one', 30n), mark: 3 });
    });

    it('lets one of two that change what is parked go first, and tells the other', async () => {
      const store = open();
      const model = freshModel();
      await store.write(model, [documentAt('one', 10n)]);
      const outcomes = await Promise.all(
        ['a', 'b', 'c'].map((reason) =>
          store.replace(model, documentAt('one', 10n), {
            ...documentAt('one', 10n),
            mark: 1,
            parked: { ...parked, reason },
          }),
        ),
      );
      expect(outcomes.filter(Boolean)).toHaveLength(1);
      expect(await store.replace(model, undefined, { ...documentAt('one', 11n), mark: 1 })).toBe(false);
      expect(
        await store.replace(model, { ...documentAt('two', 1n) }, { ...documentAt('two', 2n), mark: 1 }),
      ).toBe(false);
    });

    it('lists what has something parked, and hides what has nothing else', async () => {
      const store = open();
      const model = { ...freshModel(), due: 'at' };
      const hidden = { ...documentAt('new', beforeAnyEvent), document: undefined, mark: 1, parked };
      const shown = { ...documentAt('one', 10n), mark: 1, parked };
      expect(await store.replace(model, undefined, hidden)).toBe(true);
      await store.replace(model, undefined, shown);
      await store.write(model, [documentAt('two', 1n)]);
      const found: StoredDocument[] = [];
      for await (const document of store.parked(model)) found.push(document);
      expect(found.sort((one, other) => (one.id < other.id ? -1 : 1))).toEqual([hidden, shown]);
      const live: string[] = [];
      for await (const { id } of store.live(model)) live.push(id);
      expect(live.sort()).toEqual(['one', 'two']);
      expect((await store.page(model, acme, { limit: 9 })).items.map(({ id }) => id)).toEqual(['one', 'two']);
      expect(await store.write(model, [{ ...documentAt('new', 5n), mark: 1 }])).toEqual([]);
      expect(await store.get(model, { workspace: acme, id: 'new' })).toEqual({
        ...documentAt('new', 5n),
        mark: 1,
      });
    });

    it('keeps an event whose documents are unknown apart from every document, and settles it once', async () => {
      const store = open();
      const model = freshModel();
      const event: UnkeyedEvent = {
        workspace: acme,
        position: 2n ** 60n + 1n,
        stream: 's-acme.1',
        type: 'Odd',
        reason: 'unreadable',
      };
      const earlier = { ...event, position: 7n };
      await store.parkUnkeyed(model, event);
      await store.parkUnkeyed(model, { ...event, reason: 'again' });
      await store.parkUnkeyed(model, earlier);
      expect(await store.unkeyed(model)).toEqual([earlier, event]);
      await store.settleUnkeyed(model, event, { reason: 'still unreadable' });
      await store.settleUnkeyed(model, earlier, 'applied');
      await store.settleUnkeyed(model, earlier, { reason: 'too late' });
      await store.parkUnkeyed(model, earlier);
      expect(await store.unkeyed(model)).toEqual([{ ...event, reason: 'still unreadable' }]);
      const documents: StoredDocument[] = [];
      for await (const document of store.all(model)) documents.push(document);
      for await (const document of store.live(model)) documents.push(document);
      for await (const document of store.parked(model)) documents.push(document);
      expect(keys(documents)).toEqual([]);
    });

    it.each<[string, JsonObject]>([
      ['a field of the engine', { _position: 1 }],
      ['a field that begins with a dollar', { $where: 1 }],
      ['more than MongoDB takes', { text: 'x'.repeat(16 * 1024 * 1024) }],
      ['too many levels', JSON.parse(`${'{"a":'.repeat(160)}1${'}'.repeat(160)}`) as JsonObject],
    ])('says beforehand that it can never store a document with %s', (_what, document) => {
      expect(open().refusal(document)).toEqual(expect.any(String));
    });

    it('stores what it does not refuse, however large and deep', async () => {
      const store = open();
      const model = freshModel();
      const deep = JSON.parse(`${'{"a":'.repeat(148)}1${'}'.repeat(148)}`) as JsonObject;
      const documents = [
        documentAt('large', 1n, { text: 'x'.repeat(14 * 1024 * 1024) }),
        documentAt('many', 1n, { list: Array.from({ length: 200_000 }, () => 1) }),
        documentAt('deep', 1n, deep),
      ];
      for (const document of documents) {
        expect(store.refusal(document.document!)).toBeUndefined();
        await store.write(model, [document]);
        expect((await store.get(model, document))?.document).toEqual(document.document);
      }
    });
  });

  it('writes what it takes for new as well when some of it is there', async () => {
    const store = open();
    const model = freshModel();
    await store.write(model, [documentAt('one', 10n), documentAt('two', 10n)]);
    const some = [documentAt('one', 5n, {}), documentAt('two', 11n, {}), documentAt('three', 5n, {})];
    expect(await store.write(model, some, 'new')).toEqual([]);
    const keys = ['one', 'two', 'three'].map((id) => ({ workspace: acme, id }));
    const found = [...(await store.load(model, keys))].sort((a, b) => (a.id < b.id ? -1 : 1));
    expect(found).toEqual([documentAt('one', 10n), some[2], some[1]]);
  });

  it('lets nobody with an older token move the checkpoint of a fenced lane', async () => {
    const store = open();
    const model = freshModel();
    const lane = { lane: 0, lanes: 1 };
    expect(await store.fence(model, { ...lane, token: 3n })).toBe(true);
    expect(await store.checkpoints(model)).toEqual([]);
    expect(await store.saveCheckpoint(model, { ...lane, position: 10n, token: 3n })).toBe(true);
    expect(await store.fence(model, { ...lane, token: 2n })).toBe(false);
    expect(await store.fence(model, { ...lane, token: 2n ** 60n + 1n })).toBe(true);
    expect(await store.saveCheckpoint(model, { ...lane, position: 20n, token: 2n ** 60n })).toBe(false);
    expect(await store.saveCheckpoint(model, { ...lane, position: 5n, token: 2n ** 60n + 1n })).toBe(true);
    expect(await store.checkpoints(model)).toEqual([{ ...lane, position: 10n, token: 2n ** 60n + 1n }]);
  });

  it('keeps the builds of a version apart, and removes one of them with its checkpoints', async () => {
    const store = open();
    const model = freshModel();
    const rebuilt = { ...model, build: 1 };
    for (const build of [model, rebuilt]) {
      await store.prepare(build);
      await store.write(build, [documentAt('one', BigInt(build.version + (rebuilt === build ? 9 : 0)))]);
      await store.saveCheckpoint(build, { lane: 0, lanes: 1, position: 9n });
    }
    await store.remove(model);
    await store.remove(model);
    expect(await store.get(model, { workspace: acme, id: 'one' })).toBeUndefined();
    expect(await store.checkpoints(model)).toEqual([]);
    expect(await store.get(rebuilt, { workspace: acme, id: 'one' })).toEqual(documentAt('one', 10n));
    expect(await store.checkpoints(rebuilt)).toHaveLength(1);
  });

  it('changes a pointer only as it was read', async () => {
    const store = open();
    const { name } = freshModel();
    const first: ReadModelPointer = {
      name,
      revision: 0,
      serving: { version: 1, build: 0 },
      builds: [
        {
          version: 1,
          build: 0,
          state: 'failed',
          failure: { position: 2n ** 60n + 1n, reason: 'no' },
          progress: {
            position: 1n,
            head: 2n ** 60n,
            events: 2 ** 40,
            eventsPerSecond: 0.5,
            secondsLeft: null,
          },
        },
      ],
    };
    expect(await store.pointer(name)).toBeUndefined();
    const outcomes = await Promise.all([first, first].map((one) => store.replacePointer(one)));
    expect(outcomes.sort()).toEqual([false, true]);
    expect(await store.pointer(name)).toEqual(first);
    expect(await store.pointers()).toContainEqual(first);
    const next = { ...first, revision: 1, builds: [] };
    expect(await store.replacePointer({ ...next, revision: 2 })).toBe(false);
    expect(await store.replacePointer(next)).toBe(true);
    expect(await store.replacePointer(next)).toBe(false);
    expect(await store.pointer(name)).toEqual(next);
  });
}
