import { createHash, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import type { ObjectStore } from '../../domain/kernel/ports/object-store.js';

async function* inChunks(bytes: Buffer, size = 1000): AsyncIterable<Uint8Array> {
  await Promise.resolve();
  for (let offset = 0; offset < bytes.length; offset += size) yield bytes.subarray(offset, offset + size);
}

async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const collected: Uint8Array[] = [];
  for await (const chunk of chunks) collected.push(chunk);
  return Buffer.concat(collected);
}

/** What every adapter of the ObjectStore port does. */
export function itBehavesAsAnObjectStore(open: () => ObjectStore): void {
  const bytes = randomBytes(10_500);
  const sha256 = createHash('sha256').update(bytes).digest('hex');

  it('names a stream of bytes by its SHA-256 and gives it back', async () => {
    const store = open();
    expect(await store.put(inChunks(bytes))).toEqual({ sha256, bytes: bytes.length });
    expect(await bytesOf(store.get(sha256))).toEqual(bytes);
  });

  it('stores the same bytes once, however often and at once', async () => {
    const store = open();
    const references = await Promise.all(Array.from({ length: 8 }, () => store.put(inChunks(bytes))));
    expect(new Set(references.map((reference) => reference.sha256))).toEqual(new Set([sha256]));
    expect(await bytesOf(store.get(sha256))).toEqual(bytes);
  });

  it('takes over a finished file', async () => {
    const store = open();
    const path = store.temporaryPath();
    await writeFile(path, bytes);
    expect(await store.putFile(path)).toEqual({ sha256, bytes: bytes.length });
    expect(await store.has(sha256)).toBe(true);
  });

  it('shows nothing of a stream that breaks off', async () => {
    const store = open();
    const other = randomBytes(2000);
    const broken = async function* () {
      yield* inChunks(other);
      throw new Error('cut off');
    };
    await expect(store.put(broken())).rejects.toThrow('cut off');
    expect(await store.has(createHash('sha256').update(other).digest('hex'))).toBe(false);
  });

  it('refuses a name that is no SHA-256', () => {
    expect(() => open().localPath('../../etc/passwd')).toThrow(
      expect.objectContaining({ code: 'objects.bad-name' }),
    );
  });
}
