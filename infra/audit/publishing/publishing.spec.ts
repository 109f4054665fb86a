import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { codeOf } from '../../../domain/kernel/errors.js';
import { cosign } from '../notes/cosignature.js';
import { checkpointText } from '../notes/checkpoint.js';
import { signatureTypes, signerKey } from '../notes/note-key.js';
import { encodeNote, parseNote, signNote } from '../notes/signed-note.js';
import { MemoryTileStore } from '../tiles/memory-tile-store.js';
import { TiledLog } from '../tiles/tiled-log.js';
import { AnchorDirectory } from './anchor-directory.js';
import { anchoringOf } from './anchoring.js';
import { readCheckpointFile, writeCheckpointFile } from './checkpoint-file.js';
import { Publication } from './publication.js';
import { WitnessFeed } from './witness-feed.js';

const root = mkdtempSync(join(tmpdir(), 'axion-publishing-'));
afterAll(() => rmSync(root, { recursive: true }));
let directories = 0;
const newDirectory = (): string => join(root, String(directories++));

const signer = signerKey('axion/test', signatureTypes.ed25519, Buffer.alloc(32, 1));
const logger = pino({ level: 'silent' });
const log = new TiledLog(new MemoryTileStore());

function checkpoint(size: number, fill = size): string {
  const text = checkpointText({ origin: 'axion/test', size, root: Buffer.alloc(32, fill), extensions: [] });
  return encodeNote({ text, signatures: [signNote(text, signer)] });
}

/** A witness that fails so many times, or always. */
function witness(name: string, failures = 0) {
  const key = signerKey(name, signatureTypes.cosignature, Buffer.from(name.padEnd(32)));
  let left = failures;
  return {
    key,
    name,
    cosign: (note: string) =>
      left-- > 0
        ? Promise.reject(new Error(`${name} is away`))
        : Promise.resolve(cosign(parseNote(note).text, key, 1_700_000_000)),
  };
}

async function until(look: () => Promise<boolean>): Promise<void> {
  while (!(await look())) await new Promise((resume) => setTimeout(resume, 5));
}

describe('a published checkpoint', () => {
  it('is replaced by a larger one, and never by a smaller', async () => {
    const directory = newDirectory();
    expect(await readCheckpointFile(directory, 'sealed')).toBeUndefined();
    for (const size of [3, 5, 4]) await writeCheckpointFile(directory, 'sealed', checkpoint(size));
    expect(await readCheckpointFile(directory, 'sealed')).toBe(checkpoint(5));
  });
});

describe('an anchor directory', () => {
  it('keeps each checkpoint once, whoever brings it again', async () => {
    const directory = newDirectory();
    const anchor = new AnchorDirectory(directory);
    expect(await anchor.kept()).toEqual([]);
    for (const size of [2, 10, 2]) await anchor.keep(checkpoint(size));
    expect(await anchor.kept()).toEqual([checkpoint(2), checkpoint(10)]);
  });

  it('refuses another one of the same size', async () => {
    const anchor = new AnchorDirectory(newDirectory());
    await anchor.keep(checkpoint(2));
    const failure: unknown = await anchor.keep(checkpoint(2, 9)).catch((error: unknown) => error);
    expect(codeOf(failure)).toBe('audit.incident');
  });

  it('bears what a process left behind that was killed while it wrote', async () => {
    const directory = newDirectory();
    const anchor = new AnchorDirectory(directory);
    await anchor.keep(checkpoint(2));
    const [name = ''] = readdirSync(directory);
    rmSync(join(directory, name));
    writeFileSync(join(directory, name), checkpoint(2).slice(0, 20));
    await anchor.keep(checkpoint(2));
    expect(readdirSync(directory)).toEqual([name]);
    expect(await anchor.kept()).toEqual([]);
    await anchor.keep(checkpoint(3));
    expect(await anchor.kept()).toEqual([checkpoint(3)]);
  });

  it('keeps it once when several bring it at once', async () => {
    const directory = newDirectory();
    await Promise.all(Array.from({ length: 8 }, () => new AnchorDirectory(directory).keep(checkpoint(2))));
    expect(readdirSync(directory)).toHaveLength(1);
    expect(await new AnchorDirectory(directory).kept()).toEqual([checkpoint(2)]);
  });
});

describe('the witnesses', () => {
  it('cosign what is published, each when it can', async () => {
    const directory = newDirectory();
    const clients = [witness('one'), witness('two', 2), witness('three', Infinity)];
    const feed = new WitnessFeed({ clients, log, directory, logger, retryMs: 1 });
    await new Publication({ directory, feed }).publish(checkpoint(7));
    const keys = clients.map(({ key }) => key.verifier);
    const state = async () => anchoringOf(await readCheckpointFile(directory, 'cosigned'), keys).state;
    await until(async () => (await state()) === 'WITNESSED(2 of 3)');
    expect([...feed.failing.keys()]).toEqual(['three']);
    await feed.stop();
    expect(await readCheckpointFile(directory, 'sealed')).toBe(checkpoint(7));
    expect(anchoringOf(await readCheckpointFile(directory, 'cosigned'), keys)).toMatchObject({
      size: 7,
      at: '2023-11-14T22:13:20.000Z',
    });
  });

  it('are shown the newest when they were slow', async () => {
    const directory = newDirectory();
    const clients = [witness('one')];
    const feed = new WitnessFeed({ clients, log, directory, logger });
    for (const size of [1, 2, 3]) feed.offer(checkpoint(size));
    await until(async () => {
      const note = await readCheckpointFile(directory, 'cosigned');
      return note?.includes('\n3\n') ?? false;
    });
    await feed.stop();
  });

  it('are none where nobody cosigned', () => {
    const { key } = witness('one');
    expect(anchoringOf(undefined, [key.verifier])).toEqual({ state: 'UNANCHORED', size: 0, at: null });
    expect(anchoringOf(checkpoint(1), [key.verifier]).state).toBe('UNANCHORED');
  });
});
