import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { startMongoNode } from './node.js';
import { checkIndexes } from './store/check-indexes.js';
import { startChildNode } from './testing/child-node.js';

/** Writes until the node is gone, and remembers what was acknowledged. */
async function writeUntilKilled(
  url: string,
  round: number,
  enough: number,
  kill: () => Promise<void>,
): Promise<Set<string>> {
  const client = await MongoClient.connect(url, { serverSelectionTimeoutMS: 500 });
  const things = client.db('crash').collection<{ _id: string; group: number; tags: string[] }>('things');
  await things.createIndex({ group: 1, _id: -1 }, {}, {});
  await things.createIndex({ tags: 1 }, {}, {});
  const acknowledged = new Set<string>();
  let killed: Promise<void> | undefined;
  const writer = async (name: number): Promise<void> => {
    for (let number = 0; killed === undefined; number += 1) {
      const id = `${round}-${name}-${number}`;
      try {
        await things.insertOne({ _id: id, group: number % 5, tags: [`t${number % 3}`, `u${number % 7}`] });
        acknowledged.add(id);
        if (number % 3 === 0)
          await things.updateOne({ _id: id }, { $inc: { group: 10 }, $push: { tags: 'more' } });
      } catch {
        return;
      }
      if (acknowledged.size >= enough) killed ??= kill();
    }
  };
  await Promise.all(Array.from({ length: 8 }, (_, name) => writer(name)));
  await killed;
  await client.close();
  return acknowledged;
}

describe('a node killed under load', () => {
  it('keeps every acknowledged write, and its indexes agree with its documents', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'axion-mongo-crash-'));
    const acknowledged = new Set<string>();
    try {
      for (let round = 0; round < 3; round += 1) {
        const child = await startChildNode(directory);
        for (const id of await writeUntilKilled(child.url, round, 150 + round * 40, child.kill))
          acknowledged.add(id);
        const check = await checkIndexes(join(directory, 'data'));
        expect(check.faults).toEqual([]);
        expect(check.documents).toBeGreaterThanOrEqual(acknowledged.size);
      }
      const node = await startMongoNode({ directory: join(directory, 'data') });
      const client = await MongoClient.connect(node.url);
      const found = await client
        .db('crash')
        .collection('things')
        .find({})
        .map(({ _id }) => String(_id))
        .toArray();
      await client.close();
      await node.close();
      const present = new Set(found);
      expect([...acknowledged].filter((id) => !present.has(id))).toEqual([]);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });
});
