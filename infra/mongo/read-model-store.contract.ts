import { randomBytes } from 'node:crypto';
import { workspaceId } from '../../domain/kernel/names.js';
import type {
  PageRequest,
  ReadModelStore,
  ReadModelVersion,
  StoredDocument,
} from '../../domain/kernel/ports/read-model-store.js';
import { itKeepsParkedEventsAndBuilds } from './read-model-builds.contract.js';

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

  it('pages what lies within a range of texts, holds a text, and bears a value, to the end', async () => {
    const store = open();
    const model = freshModel();
    await store.prepare(model);
    const texts = ['a.b(c', 'a.b(c) [$x]', 'axb(c', 'A.B(C', 'two\nlines é {1} |^\\', ''];
    const documents = texts.map((text, index) =>
      documentAt(`id-${index}`, 1n, { colour: index % 2 ? 'red' : 'blue', at: `2024-0${index + 1}`, text }),
    );
    const without = documentAt('id-9', 1n, { colour: 'red', at: 7 });
    await store.write(model, [...documents, without, documentAt('id-1', 1n, { text: 'a.b(c' }, globex)]);
    const found = async (asked: Omit<PageRequest, 'limit'>): Promise<string[]> => {
      const ids: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await store.page(model, acme, { limit: 2, ...asked, ...(cursor && { cursor }) });
        ids.push(...page.items.map(({ id }) => id));
        cursor = page.next;
      } while (cursor !== undefined);
      return ids;
    };
    expect(await found({ within: { at: { atLeast: '2024-02', below: '2024-05' } } })).toEqual([
      'id-1',
      'id-2',
      'id-3',
    ]);
    expect(await found({ within: { at: { below: '2024-02' } } })).toEqual(['id-0']);
    expect(await found({ within: { at: {} } })).toEqual(documents.map(({ id }) => id));
    expect(await found({ holding: { text: 'a.b(c' } })).toEqual(['id-0', 'id-1']);
    for (const [index, text] of texts.entries())
      expect(await found({ holding: { text }, within: { at: { atLeast: `2024-0${index + 1}` } } })).toContain(
        `id-${index}`,
      );
    expect(
      await found({
        where: { colour: 'red' },
        within: { at: { atLeast: '2024-03' } },
        holding: { text: 'B(' },
      }),
    ).toEqual(['id-3']);
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

  itKeepsParkedEventsAndBuilds(open, { freshModel, documentAt });

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
