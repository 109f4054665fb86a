import { randomBytes } from 'node:crypto';
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
const globex = workspaceId('acme-two');

/** What every adapter of the ReadModelStore port does. */
export function itBehavesAsAReadModelStore(open: () => ReadModelStore): void {
  const freshModel = (): ReadModelVersion => ({
    name: `contract-${randomBytes(4).toString('hex')}`,
    version: 1,
    indexes: [['colour']],
  });
  const documentAt = (
    id: string,
    position: bigint,
    fields: object | undefined = { colour: 'red' },
    workspace = acme,
  ) => ({ workspace, id, position, document: fields }) as StoredDocument;

  it('gives back what was written, with a position beyond 2^53', async () => {
    const store = open();
    const model = freshModel();
    await store.prepare(model);
    const written = documentAt('one', 2n ** 60n + 1n, {
      colour: 'red',
      list: [1, 'two', null, { three: true }],
    });
    await store.write(model, [written]);
    expect(await store.get(model, written)).toEqual(written);
    expect(await store.load(model, [written, { workspace: acme, id: 'none' }])).toEqual([written]);
  });

  it('leaves a document that was written at the same position or a later one', async () => {
    const store = open();
    const model = freshModel();
    await store.write(model, [documentAt('one', 10n, { colour: 'new' })]);
    await store.write(model, [documentAt('one', 9n, { colour: 'late' }), documentAt('two', 9n)]);
    await store.write(model, [documentAt('one', 10n, { colour: 'again' })]);
    expect(await store.get(model, { workspace: acme, id: 'one' })).toEqual(
      documentAt('one', 10n, { colour: 'new' }),
    );
    expect(await store.get(model, { workspace: acme, id: 'two' })).toEqual(documentAt('two', 9n));
  });

  it('keeps a tombstone, so that a late write cannot bring a document back', async () => {
    const store = open();
    const model = freshModel();
    const tombstone = { ...documentAt('one', 11n), document: undefined };
    await store.write(model, [documentAt('one', 10n)]);
    await store.write(model, [tombstone]);
    await store.write(model, [documentAt('one', 10n)]);
    expect(await store.get(model, { workspace: acme, id: 'one' })).toEqual(tombstone);
    expect((await store.page(model, acme, { limit: 10 })).items).toEqual([]);
  });

  it('lets the latest of several writers at once win', async () => {
    const store = open();
    const model = freshModel();
    const versions = Array.from({ length: 20 }, (_none, index) =>
      documentAt('one', BigInt(index + 1), { index }),
    );
    await Promise.all(versions.map((version) => store.write(model, [version])));
    expect(await store.get(model, { workspace: acme, id: 'one' })).toEqual(versions.at(-1));
  });

  it('moves a checkpoint forwards only, for each number of lanes by itself', async () => {
    const store = open();
    const model = freshModel();
    await store.saveCheckpoint(model, { lane: 0, lanes: 2, position: 20n });
    await store.saveCheckpoint(model, { lane: 0, lanes: 2, position: 10n });
    await store.saveCheckpoint(model, { lane: 0, lanes: 3, position: 5n });
    const saved = await store.checkpoints(model);
    expect([...saved].sort((one, other) => one.lanes - other.lanes)).toEqual([
      { lane: 0, lanes: 2, position: 20n },
      { lane: 0, lanes: 3, position: 5n },
    ]);
  });

  it('pages one workspace through to the end, each document once, and no other workspace', async () => {
    const store = open();
    const model = freshModel();
    await store.prepare(model);
    const colours = ['red', 'blue'];
    const ours = Array.from({ length: 25 }, (_none, index) =>
      documentAt(`id-${String(index).padStart(3, '0')}`, 1n, { colour: colours[index % 2] }),
    );
    await store.write(model, [...ours, documentAt('id-001', 1n, { colour: 'red' }, globex)]);
    const collect = async (where?: { colour: string }) => {
      const items: StoredDocument[] = [];
      let cursor: string | undefined;
      do {
        const page = await store.page(model, acme, {
          limit: 7,
          ...(cursor && { cursor }),
          ...(where && { where }),
        });
        items.push(...page.items);
        cursor = page.next;
      } while (cursor !== undefined);
      return items;
    };
    expect(await collect()).toEqual(ours);
    expect(await collect({ colour: 'red' })).toEqual(ours.filter((_document, index) => index % 2 === 0));
  });

  it('gives everything of every workspace, tombstones too', async () => {
    const store = open();
    const model = freshModel();
    const documents = [
      documentAt('one', 1n),
      { ...documentAt('two', 2n), document: undefined },
      documentAt('one', 3n, {}, globex),
    ];
    await store.write(model, documents);
    const found: StoredDocument[] = [];
    for await (const document of store.all(model)) found.push(document);
    expect(found.sort((one, other) => Number(one.position - other.position))).toEqual(documents);
  });

  it.each<[string, StoredDocument['document']]>([
    ['sealed and erased values', { name: { $sealed: '1.a.b.c' }, other: { $erased: true } }],
    ['names with full stops and dollars', { symbols: { 'BRK.B': 'BRKB', $X: 'X', 'a.$b': '' } }],
    ['names that are the driver’s', { codes: { _bsontype: 'Long', $ref: 'r', $id: 'i', $db: 'd' } }],
    ['names that hold a zero byte or a per cent sign', { codes: { 'a\0b': 1, '%61': 2, '%': 3, a: 4 } }],
    ['an empty name, and empty things', { '': '', list: [], table: {}, nested: [[{}], [null]] }],
    ['numbers of every size', { a: 2 ** 53 - 1, b: -(2 ** 31) - 1, c: 0.1, d: -1e-300, e: 5 }],
  ])('gives back %s as they were', async (_what, document) => {
    const store = open();
    const model = freshModel();
    const written = { workspace: acme, id: 'one', position: 1n, document };
    await store.write(model, [written]);
    expect(await store.get(model, written)).toEqual(written);
    expect(await store.load(model, [written])).toEqual([written]);
  });

  it('writes some though others of the same bulk come too late', async () => {
    const store = open();
    const model = freshModel();
    await store.write(model, [documentAt('one', 10n), documentAt('three', 5n)]);
    await store.write(model, [
      documentAt('one', 5n, { colour: 'late' }),
      documentAt('two', 5n),
      documentAt('three', 6n, { colour: 'new' }),
    ]);
    const keys = ['one', 'two', 'three'].map((id) => ({ workspace: acme, id }));
    const found = [...(await store.load(model, keys))].sort((a, b) => (a.id < b.id ? -1 : 1));
    expect(found).toEqual([
      documentAt('one', 10n),
      documentAt('three', 6n, { colour: 'new' }),
      documentAt('two', 5n),
    ]);
  });

  it('lets the latest of several bulks at once win, document by document', async () => {
    const store = open();
    const model = freshModel();
    const ids = Array.from({ length: 10 }, (_none, index) => `id-${index}`);
    const positions = Array.from({ length: 12 }, (_none, index) => BigInt(index + 1));
    await Promise.all(
      positions.map((position) =>
        store.write(
          model,
          ids.map((id) => documentAt(id, position, { by: Number(position) })),
        ),
      ),
    );
    const found = await store.load(
      model,
      ids.map((id) => ({ workspace: acme, id })),
    );
    expect(found.map(({ position, document }) => [position, document])).toEqual(
      ids.map(() => [12n, { by: 12 }]),
    );
  });

  it('lets a deletion stand against an insert that races it', async () => {
    const store = open();
    const model = freshModel();
    const ids = Array.from({ length: 10 }, (_none, index) => `id-${index}`);
    await Promise.all(
      ids.flatMap((id) => [
        store.write(model, [documentAt(id, 1n)]),
        store.write(model, [{ workspace: acme, id, position: 2n, document: undefined }]),
      ]),
    );
    expect((await store.page(model, acme, { limit: 100 })).items).toEqual([]);
    const found: StoredDocument[] = [];
    for await (const document of store.all(model)) found.push(document);
    expect(found.map(({ position }) => position)).toEqual(ids.map(() => 2n));
  });

  it('takes the furthest of several checkpoints at once', async () => {
    const store = open();
    const model = freshModel();
    const position = 2n ** 60n;
    await Promise.all(
      Array.from({ length: 20 }, (_none, index) =>
        store.saveCheckpoint(model, { lane: 0, lanes: 1, position: position + BigInt(index) }),
      ),
    );
    expect(await store.checkpoints(model)).toEqual([{ lane: 0, lanes: 1, position: position + 19n }]);
  });

  it('keeps the versions of a read model apart', async () => {
    const store = open();
    const model = freshModel();
    const next = { ...model, version: 2 };
    await store.write(model, [documentAt('one', 1n)]);
    await store.saveCheckpoint(model, { lane: 0, lanes: 1, position: 1n });
    expect(await store.get(next, { workspace: acme, id: 'one' })).toBeUndefined();
    expect(await store.checkpoints(next)).toEqual([]);
  });

  it('gives what is not deleted of every workspace, to work that serves all', async () => {
    const store = open();
    const model = freshModel();
    const living = [documentAt('one', 1n), documentAt('two', 3n, {}, globex)];
    await store.write(model, [...living, { ...documentAt('gone', 2n), document: undefined }]);
    const found: StoredDocument[] = [];
    for await (const document of store.live(model)) found.push(document);
    expect(found.sort((one, other) => Number(one.position - other.position))).toEqual(living);
  });

  it('refuses a cursor that it never gave', async () => {
    const store = open();
    await expect(store.page(freshModel(), acme, { limit: 1, cursor: '?' })).rejects.toMatchObject({
      code: 'request.bad-cursor',
    });
  });

  it('may be prepared again and again', async () => {
    const store = open();
    const model = freshModel();
    await store.prepare(model);
    await store.write(model, [documentAt('one', 1n)]);
    await Promise.all([store.prepare(model), store.prepare(model)]);
    expect(await store.get(model, { workspace: acme, id: 'one' })).toEqual(documentAt('one', 1n));
  });

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

  it('finds what is due in every workspace, in order, and nothing that is deleted', async () => {
    const store = open();
    const model = { ...freshModel(), due: 'at' };
    await store.prepare(model);
    const at = (minute: number) => `2024-06-12T20:${String(minute).padStart(2, '0')}:00.000Z`;
    const waiting = [3, 1, 2, 5].map((minute) => documentAt(`d${minute}`, 1n, { at: at(minute) }));
    const elsewhere = documentAt('d1', 1n, { at: at(0) }, globex);
    await store.write(model, [
      ...waiting,
      elsewhere,
      documentAt('never', 1n, {}),
      { ...documentAt('gone', 1n), document: undefined },
    ]);
    const due = async (atMost: string, limit: number) =>
      (await store.due(model, atMost, limit)).map(({ workspace, id }) => `${workspace}/${id}`);
    expect(await due(at(3), 10)).toEqual(['acme-two/d1', 'acme/d1', 'acme/d2', 'acme/d3']);
    expect(await due(at(3), 2)).toEqual(['acme-two/d1', 'acme/d1']);
    expect(await due('2024', 10)).toEqual([]);
    await expect(async () => store.due(freshModel(), at(1), 1)).rejects.toThrow(RangeError);
  });
}
