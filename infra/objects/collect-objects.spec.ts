import { mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { collectObjects } from './collect-objects.js';
import { FileObjectStore } from './file-object-store.js';

const day = 24 * 60 * 60 * 1000;

async function* bytesOf(text: string): AsyncIterable<Uint8Array> {
  await Promise.resolve();
  yield Buffer.from(text);
}

describe('rule J1: objects that nothing names', () => {
  let directory: string;
  let store: FileObjectStore;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'axion-collect-'));
    store = new FileObjectStore(directory);
  });
  const age = (path: string) =>
    utimesSync(path, new Date(Date.now() - 2 * day), new Date(Date.now() - 2 * day));
  const storeOld = async (text: string) => {
    const { sha256 } = await store.put(bytesOf(text));
    age(store.localPath(sha256));
    return sha256;
  };
  const collect = (...named: string[]) => collectObjects(directory, new Set(named), Date.now() - day);
  afterEach(() => rmSync(directory, { recursive: true }));

  it('are removed after a day', async () => {
    const sha256 = await storeOld('nobody names me');
    expect(await collect()).toBe(1);
    expect(await store.has(sha256)).toBe(false);
  });

  it('stay while they are younger', async () => {
    const { sha256 } = await store.put(bytesOf('I am new'));
    expect(await collect()).toBe(0);
    expect(await store.has(sha256)).toBe(true);
  });

  it('stay when they are named', async () => {
    const sha256 = await storeOld('an event names me');
    expect(await collect(sha256)).toBe(0);
    expect(await store.has(sha256)).toBe(true);
  });

  it('are young again when the same bytes are stored once more', async () => {
    const sha256 = await storeOld('stored twice');
    await store.put(bytesOf('stored twice'));
    expect(await collect()).toBe(0);
    expect(await store.has(sha256)).toBe(true);
  });

  it('come back when their collector was killed with one in hand', async () => {
    const { sha256 } = await store.put(bytesOf('taken aside'));
    renameSync(store.localPath(sha256), `${store.localPath(sha256)}.aside`);
    expect(await collect(sha256)).toBe(0);
    expect(await store.has(sha256)).toBe(true);
  });

  it('and what was left half-written goes too', async () => {
    const path = store.temporaryPath();
    writeFileSync(path, 'half');
    age(path);
    expect(await collect()).toBe(1);
  });
});
