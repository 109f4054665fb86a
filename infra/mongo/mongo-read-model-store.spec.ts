import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { Unavailable } from '../../domain/kernel/errors.js';
import { workspaceId } from '../../domain/kernel/names.js';
import { startMongoNode, type MongoNode } from '../embedded/mongo/node.js';
import { MongoReadModelStore } from './mongo-read-model-store.js';
import { itBehavesAsAReadModelStore } from './read-model-store.contract.js';
import { CommandTap } from './testing/command-tap.js';

/** Over the server that MONGO_URL names, or else over an embedded node. */
describe('the read model store in MongoDB', () => {
  const database = `axion-spec-${randomBytes(6).toString('hex')}`;
  const directory = mkdtempSync(join(tmpdir(), 'axion-read-models-'));
  const model = { name: 'things', version: 1, indexes: [] };
  const key = { workspace: workspaceId('acme'), id: 'one' };
  let node: MongoNode | undefined;
  let url: string;
  let store: MongoReadModelStore;
  beforeAll(async () => {
    const given = process.env['MONGO_URL'];
    node = given ? undefined : await startMongoNode({ directory });
    url = given ?? node?.url ?? '';
    store = new MongoReadModelStore(url, database);
  });
  afterAll(async () => {
    await store.drop();
    await store.close();
    await node?.close();
    rmSync(directory, { recursive: true });
  });

  itBehavesAsAReadModelStore(() => store);

  it('P3: loses nothing when inserts of several processes find their key taken', async () => {
    const other = new MongoReadModelStore(url, database);
    const ids = Array.from({ length: 20 }, (_none, index) => `raced-${index}`);
    await Promise.all(
      ids.flatMap((id) =>
        [3n, 1n, 4n, 2n].map((position, writer) =>
          (writer % 2 === 0 ? store : other).write(model, [{ ...key, id, position, document: {} }]),
        ),
      ),
    );
    await other.close();
    const found = await store.load(
      model,
      ids.map((id) => ({ ...key, id })),
    );
    expect(found.map(({ position }) => position)).toEqual(ids.map(() => 4n));
  });

  describe('behind a wire', () => {
    let embedded: MongoNode;
    let tap: CommandTap;
    let tapped: MongoReadModelStore;
    beforeEach(async () => {
      embedded = await startMongoNode({ directory: join(directory, 'tapped') });
      tap = await CommandTap.before(embedded.port);
      tapped = new MongoReadModelStore(tap.url, `tapped-${randomBytes(4).toString('hex')}`);
    });
    afterEach(async () => {
      await tapped.close();
      tap.close();
      await embedded.close();
    });

    /** As a server does when another insert was faster than that of an upsert, once. */
    const refuseOnce = () => {
      let refused = false;
      tap.answersInstead = (command) => {
        if (refused || !('update' in command)) return undefined;
        refused = true;
        return { ok: 1, n: 0, nModified: 0, writeErrors: [{ index: 0, code: 11000, errmsg: 'E11000' }] };
      };
    };

    it('P3: writes over an older document whose insert was faster', async () => {
      await tapped.write(model, [{ ...key, position: 1n, document: { by: 'the faster' } }]);
      refuseOnce();
      const newer = { ...key, position: 2n, document: { by: 'us' } };
      await tapped.write(model, [newer]);
      expect(await tapped.get(model, key)).toEqual(newer);
    });

    it('P3: leaves a newer document whose insert was faster', async () => {
      const newer = { ...key, position: 2n, document: { by: 'the faster' } };
      await tapped.write(model, [newer]);
      refuseOnce();
      await tapped.write(model, [{ ...key, position: 1n, document: { by: 'us' } }]);
      expect(await tapped.get(model, key)).toEqual(newer);
    });

    it('P3: does not take a duplicate key for "already applied" when nothing is there', async () => {
      refuseOnce();
      await expect(tapped.write(model, [{ ...key, position: 1n, document: {} }])).rejects.toMatchObject({
        code: 'read-model.not-written',
      });
    });

    it('P4: waits for the majority and the journal, with documents and with checkpoints', async () => {
      await tapped.write(model, [{ ...key, position: 2n, document: {} }]);
      await tapped.write(model, [{ ...key, position: 1n, document: {} }]);
      await tapped.saveCheckpoint(model, { lane: 0, lanes: 1, position: 2n });
      // An insert, an insert that is too late with the update that follows, and the checkpoint.
      expect(tap.heard('update').map(({ writeConcern }) => writeConcern as unknown)).toEqual(
        Array.from({ length: 4 }, () => ({ w: 'majority', j: true })),
      );
    });
  });

  it('names a document that bears no position, and fails the page that holds it, and no other', async () => {
    const odd = { name: `odd-${randomBytes(4).toString('hex')}`, version: 1, indexes: [] };
    const at = (id: string) => ({ ...key, id, position: 1n, document: {} });
    await store.write(odd, [at('a'), at('c')]);
    const client = new MongoClient(url);
    await client
      .db(database)
      .collection<{ _id: string; _ws: string }>(`${odd.name}_v1`)
      .insertOne({ _id: 'acme/b', _ws: 'acme' });
    await client.close();
    const unreadable: string[] = [];
    const found: string[] = [];
    for await (const { id } of store.all(odd, (name) => unreadable.push(name))) found.push(id);
    expect([found, unreadable]).toEqual([['a', 'c'], ['acme/b']]);
    const first = await store.page(odd, key.workspace, { limit: 1 }).catch((error: unknown) => error);
    expect(first).toMatchObject({ items: [{ id: 'a' }] });
    await expect(store.page(odd, key.workspace, { limit: 3 })).rejects.toMatchObject({
      code: 'read-model.unreadable',
      details: { document: 'acme/b' },
    });
  });

  it('does not wait for ever for a server that is silent', async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const impatient = new MongoReadModelStore(
      `mongodb://127.0.0.1:${port}/?directConnection=true`,
      database,
      {
        answerWithinMs: 50,
      },
    );
    for (const ask of [() => impatient.get(model, key), () => impatient.checkpoints(model)])
      await expect(ask()).rejects.toMatchObject({ code: 'read-model.unavailable' });
    await impatient.close();
    silent.close();
  });

  it('refuses a document whose field would hide the engine’s', async () => {
    const document = { _position: 7 };
    await expect(store.write(model, [{ ...key, position: 1n, document }])).rejects.toThrow('_position');
  });

  it('says in words of ours that the server refuses', async () => {
    const refusal: unknown = await store
      .prepare({ ...model, indexes: [['$nothing']] })
      .catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(Unavailable);
    expect(refusal).toMatchObject({ code: 'read-model.unavailable' });
  });
});
