import { rmSync } from 'node:fs';
import { open } from 'lmdb';
import { startEventStoreNode } from '../eventstore/node.js';
import { temporaryDirectory } from '../eventstore/testing.js';
import { startMongoNode } from '../mongo/node.js';

const BINARY = { encoding: 'binary', keyEncoding: 'binary' } as const;
const NEWER = Buffer.from([0, 0, 1, 0]);

test.each([
  [
    'EventStoreDB',
    startEventStoreNode,
    'about',
    /storage format 256.* formats up to \d+: start the version that wrote it/,
  ],
  [
    'MongoDB',
    startMongoNode,
    'catalog',
    /format version 256.* reads up to \d+: use the newer version that wrote it/,
  ],
])('the %s node refuses a store of a newer format with words, and leaves it as it is', async (...what) => {
  const [, start, table, words] = what;
  const directory = temporaryDirectory();
  const node = await start({ directory });
  await node.close();
  const stored = async (change?: Buffer): Promise<Buffer | undefined> => {
    const environment = open<Buffer, Buffer>({
      path: directory,
      noSubdir: false,
      overlappingSync: false,
      ...BINARY,
    });
    const formats = environment.openDB<Buffer, Buffer>(table, BINARY);
    if (change) await formats.put(Buffer.from('format'), change);
    const found = formats.get(Buffer.from('format'));
    await environment.close();
    return found;
  };
  await stored(NEWER);

  await expect(start({ directory })).rejects.toMatchObject({
    code: 'NEWER_FORMAT',
    message: expect.stringMatching(words) as unknown,
  });
  expect(await stored()).toEqual(NEWER);
  rmSync(directory, { recursive: true, force: true });
});
