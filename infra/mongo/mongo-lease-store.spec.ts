import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Unavailable } from '../../domain/kernel/errors.js';
import { startMongoNode, type MongoNode } from '../embedded/mongo/node.js';
import { itBehavesAsALeaseStore } from '../engine/leases/lease-store.contract.js';
import { MongoLeaseStore } from './mongo-lease-store.js';
import { CommandTap } from './testing/command-tap.js';

/** Over the server that MONGO_URL names, or else over an embedded node. */
describe('the lease store in MongoDB', () => {
  const database = `axion-spec-${randomBytes(6).toString('hex')}`;
  const directory = mkdtempSync(join(tmpdir(), 'axion-leases-'));
  let node: MongoNode | undefined;
  let store: MongoLeaseStore;
  beforeAll(async () => {
    const given = process.env['MONGO_URL'];
    node = given ? undefined : await startMongoNode({ directory });
    store = new MongoLeaseStore(given ?? node?.url ?? '', database);
  });
  afterAll(async () => {
    await store.drop();
    await store.close();
    await node?.close();
    rmSync(directory, { recursive: true });
  });

  itBehavesAsALeaseStore(() => store);

  describe('behind a wire', () => {
    let embedded: MongoNode;
    let tap: CommandTap;
    let tapped: MongoLeaseStore;
    beforeEach(async () => {
      embedded = await startMongoNode({ directory: join(directory, 'tapped') });
      tap = await CommandTap.before(embedded.port);
      tapped = new MongoLeaseStore(tap.url, database);
    });
    afterEach(async () => {
      await tapped.close();
      tap.close();
      await embedded.close();
    });

    it('waits for the majority and the journal', async () => {
      const entry = { name: 'one', holder: 'me', token: 1n, beat: 0n };
      await tapped.replace(undefined, entry);
      await tapped.replace(entry, { ...entry, beat: 1n });
      const writes = [...tap.heard('insert'), ...tap.heard('update')];
      expect(writes.map(({ writeConcern }) => writeConcern as unknown)).toEqual([
        { w: 'majority', j: true },
        { w: 'majority', j: true },
      ]);
    });

    it('says in words of ours that the server refuses', async () => {
      tap.answersInstead = (command) =>
        'find' in command ? { ok: 0, code: 13, errmsg: 'not authorized' } : undefined;
      const refusal: unknown = await tapped.read(['one']).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(Unavailable);
      expect(refusal).toMatchObject({ code: 'lease.unavailable' });
    });
  });
});
