import { randomBytes } from 'node:crypto';
import { workspaceId } from '../../domain/kernel/names.js';
import type {
  ReadModelStore,
  ReadModelVersion,
  StoredDocument,
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
}
