import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CompactRange } from '../merkle/compact-range.js';
import { checkpointText } from '../notes/checkpoint.js';
import { signatureTypes, signerKey } from '../notes/note-key.js';
import { encodeNote, signNote } from '../notes/signed-note.js';
import { MemoryTileStore } from '../tiles/memory-tile-store.js';
import { TiledLog } from '../tiles/tiled-log.js';
import { encodeAddCheckpoint, parseAddCheckpoint } from './add-checkpoint.js';
import { FileWitnessState } from './file-witness-state.js';
import { Witness } from './witness.js';
import { WitnessClient } from './witness-client.js';
import { serveWitness, type WitnessServer } from './witness-server.js';

const log = signerKey('axion/log', signatureTypes.ed25519, Buffer.alloc(32, 1));
const key = signerKey('witness.example', signatureTypes.cosignature, Buffer.alloc(32, 2));
const directory = mkdtempSync(join(tmpdir(), 'axion-witness-'));
const servers: WitnessServer[] = [];
afterAll(async () => {
  for (const server of servers) await server.close();
  rmSync(directory, { recursive: true });
});

let worlds = 0;

/** A log that grows, and a witness beside it, as a process that can be started again. */
function world() {
  const folder = join(directory, String(worlds++));
  const tiles = new MemoryTileStore();
  const range = CompactRange.empty();
  const tiled = new TiledLog(tiles);
  const witness = () =>
    new Witness({
      key,
      logs: new Map([['axion/log', log.verifier]]),
      state: new FileWitnessState(folder),
      now: () => 1_700_000_000,
    });
  return {
    folder,
    tiled,
    witness,
    grow: async (count: number, what = 'entry'): Promise<string> => {
      const entries = Array.from({ length: count }, (_none, index) =>
        Buffer.from(`${what} ${range.size + index}`),
      );
      await tiles.write(await tiled.grow(range, entries));
      return note(range.size, range.root());
    },
    serve: async () => {
      const server = await serveWitness(witness(), 0);
      servers.push(server);
      return server.url;
    },
  };
}

function note(size: number, root: Buffer, by = log, origin = 'axion/log'): string {
  const text = checkpointText({ origin, size, root, extensions: [] });
  return encodeNote({ text, signatures: [signNote(text, by)] });
}

const added = (oldSize: number, checkpoint: string, proof: readonly Buffer[] = []): string =>
  encodeAddCheckpoint({ oldSize, proof, checkpoint });

describe('a witness', () => {
  it('cosigns a log that grows, over HTTP, restarts of either side in between', async () => {
    const { grow, serve, tiled, folder } = world();
    const url = await serve();
    const client = new WitnessClient({ url, key: key.verifier });
    for (const count of [1, 300, 7]) await client.cosign(await grow(count), tiled);
    const again = new WitnessClient({ url: await serve(), key: key.verifier });
    await again.cosign(await grow(5), tiled);
    // The same once more: nothing new, and no harm.
    await again.cosign(await grow(0), tiled);
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it('does not cosign a history that differs from the one it saw', async () => {
    const one = world();
    const fork = world();
    const witness = one.witness();
    await witness.add(added(0, await one.grow(3)));
    await fork.grow(3, 'other');
    const forked = await fork.grow(2);
    expect(await witness.add(added(3, forked, [Buffer.alloc(32)]))).toEqual({ kind: 'inconsistent' });
    expect(await witness.add(added(3, note(3, Buffer.alloc(32))))).toEqual({ kind: 'inconsistent' });
  });

  it('says where it is to whoever thinks it elsewhere, and never goes back', async () => {
    const { witness, grow } = world();
    const early = await grow(2);
    const late = await grow(2);
    const one = witness();
    expect(await one.add(added(0, late))).toMatchObject({ kind: 'cosigned' });
    expect(await one.add(added(0, late))).toEqual({ kind: 'elsewhere', size: 4 });
    expect(await one.add(added(4, early))).toMatchObject({ kind: 'malformed' });
    expect(await one.add(added(2, early))).toEqual({ kind: 'elsewhere', size: 4 });
  });

  it('asked twice at once, lets one go before the other', async () => {
    const { witness, grow } = world();
    const one = witness();
    const first = await grow(2);
    const answers = await Promise.all([one.add(added(0, first)), one.add(added(0, first))]);
    expect(answers.map(({ kind }) => kind)).toEqual(['cosigned', 'elsewhere']);
  });

  it('signs nothing that it could not store', async () => {
    const { grow } = world();
    const broken = new Witness({
      key,
      logs: new Map([['axion/log', log.verifier]]),
      state: { read: () => Promise.resolve(undefined), write: () => Promise.reject(new Error('full')) },
      now: () => 0,
    });
    await expect(broken.add(added(0, await grow(1)))).rejects.toThrow('full');
  });

  it.each([
    ['of another log', () => note(1, Buffer.alloc(32), log, 'axion/other'), 'unknownLog'],
    [
      'signed by somebody else',
      () => note(1, Buffer.alloc(32), signerKey('axion/log', 1, Buffer.alloc(32, 9))),
      'notSigned',
    ],
    ['that is none', () => 'nothing', 'malformed'],
  ])('refuses a checkpoint %s', async (_what, make, kind) => {
    expect(await world().witness().add(added(0, make()))).toMatchObject({ kind });
  });

  it.each([
    ['GET', '/add-checkpoint', undefined, 404],
    ['POST', '/', 'x', 404],
    ['POST', '/add-checkpoint', 'x', 400],
    ['POST', '/add-checkpoint', 'x'.repeat(70_000), 413],
  ])('answers %s %s as HTTP does', async (method, path, body, status) => {
    const url = await world().serve();
    const response = await fetch(`${url}${path}`, { method, ...(body !== undefined && { body }) });
    expect(response.status).toBe(status);
  });
});

describe('a client of a witness', () => {
  it('does not believe a cosignature of somebody else', async () => {
    const { grow, serve, tiled } = world();
    const other = signerKey('witness.example', signatureTypes.cosignature, Buffer.alloc(32, 8));
    const client = new WitnessClient({ url: await serve(), key: other.verifier });
    await expect(client.cosign(await grow(1), tiled)).rejects.toThrow('its cosignature does not hold');
  });

  it('says that nobody answers', async () => {
    const { grow, tiled } = world();
    const client = new WitnessClient({ url: 'http://127.0.0.1:1', key: key.verifier });
    await expect(client.cosign(await grow(1), tiled)).rejects.toThrow('does not cosign');
  });
});

describe('the body of add-checkpoint', () => {
  it.each([
    '',
    'old 1\n',
    'old 01\n\nx',
    'old -1\n\nx',
    'old 1\nAAAA\n\nx',
    `old 1\n${`${Buffer.alloc(32).toString('base64')}\n`.repeat(64)}\nx`,
  ])('is not %j', (body) => {
    expect(() => parseAddCheckpoint(body)).toThrow('old <size>');
  });
});
