import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CompactRange } from '../infra/audit/merkle/compact-range.js';
import { consistencyProof } from '../infra/audit/merkle/prove.js';
import { checkpointText } from '../infra/audit/notes/checkpoint.js';
import { isCosignedBy } from '../infra/audit/notes/cosignature.js';
import {
  decodeVerifierKey,
  encodeVerifierKey,
  signatureTypes,
  signerKey,
} from '../infra/audit/notes/note-key.js';
import { encodeNote, parseNote, parseSignatures, signNote } from '../infra/audit/notes/signed-note.js';
import { MemoryTileStore } from '../infra/audit/tiles/memory-tile-store.js';
import { TiledLog } from '../infra/audit/tiles/tiled-log.js';
import { encodeAddCheckpoint } from '../infra/audit/witness/add-checkpoint.js';
import { crashVariable } from '../infra/system/crash-points.js';
import { Program, endAll } from './harness/program.js';

const root = mkdtempSync(join(tmpdir(), 'axion-witness-process-'));
const state = join(root, 'state');
const marks = join(root, 'marks');
const signer = signerKey('axion/log', signatureTypes.ed25519, Buffer.alloc(32, 1));
let program: Program;
let url = '';

mkdirSync(marks);
afterAll(async () => {
  await endAll();
  rmSync(root, { recursive: true });
});

/** @returns the witness's verifier key */
async function start(directory = state): Promise<string> {
  const { verifier } = signer;
  program = new Program(
    'apps/cli/main.js',
    [
      'witness',
      ...['--key', join(root, 'witness.key'), '--name', 'witness.example', '--port', '0'],
      ...['--log', encodeVerifierKey(verifier), '--state', directory],
    ],
    { [crashVariable]: marks },
  );
  url = await program.says(/listens on (\S+)/);
  return program.says(/^witness\.example\+\S+$/m);
}

/** A log that grows, and can tell of any two of its sizes that one begins with the other. */
class GrowingLog {
  private readonly tiles = new MemoryTileStore();
  private readonly log = new TiledLog(this.tiles);
  private readonly range = CompactRange.empty();

  constructor(private readonly what: string) {}

  /** @returns its checkpoint */
  async grow(count: number): Promise<string> {
    const entries = Array.from({ length: count }, (_none, index) =>
      Buffer.from(`${this.what} ${this.range.size + index}`),
    );
    await this.tiles.write(await this.log.grow(this.range, entries));
    const text = checkpointText({
      origin: 'axion/log',
      size: this.range.size,
      root: this.range.root(),
      extensions: [],
    });
    return encodeNote({ text, signatures: [signNote(text, signer)] });
  }

  /** As a client that believes the witness to be at `oldSize` asks. */
  async body(oldSize: number, checkpoint: string): Promise<string> {
    const { size } = this.range;
    const proof =
      oldSize === 0 || oldSize > size ? [] : await consistencyProof(oldSize, size, this.log.nodes(size));
    return encodeAddCheckpoint({ oldSize, proof: proof.map((one) => Buffer.from(one)), checkpoint });
  }
}

async function ask(body: string): Promise<{ status: number; text: string }> {
  const response = await fetch(`${url}/add-checkpoint`, { method: 'POST', body });
  return { status: response.status, text: await response.text() };
}

/** What lies in the state, whole. */
function remembered(): string[] {
  return readdirSync(state)
    .filter((name) => name.endsWith('.checkpoint'))
    .map((name) => readFileSync(join(state, name), 'utf8'));
}

describe('axion witness, as a process that is killed', () => {
  const log = new GrowingLog('entry');
  let first = '';
  let key = '';

  it('has stored what it cosigned by the time it answers', async () => {
    key = await start();
    first = await log.grow(3);
    const { status, text } = await ask(await log.body(0, first));
    await program.killGroup();
    expect(status).toBe(200);
    const note = { text: parseNote(first).text, signatures: parseSignatures(text) };
    expect(isCosignedBy(note, decodeVerifierKey(key))).toBe(true);
    expect(remembered()).toEqual([first]);
  });

  it('has the same key when it starts again, and goes on from where it was', async () => {
    expect(await start()).toBe(key);
    const second = await log.grow(4);
    expect(await ask(await log.body(0, second))).toEqual({ status: 409, text: '3\n' });
    expect((await ask(await log.body(3, second))).status).toBe(200);
    await program.killGroup();
    expect(remembered()).toEqual([second]);
  });

  it('still refuses what is older, and another history', async () => {
    await start();
    expect(await ask(await log.body(0, first))).toEqual({ status: 409, text: '7\n' });
    expect((await ask(await log.body(7, first))).status).toBe(400);
    const fork = new GrowingLog('forged');
    const [sameSize, longer] = [await fork.grow(7), await fork.grow(2)];
    expect((await ask(await fork.body(7, sameSize))).status).toBe(422);
    expect((await ask(await fork.body(7, longer))).status).toBe(422);
    await program.terminate();
  });

  it('has cosigned nothing, and remembers what it did, where it dies before the state is replaced', async () => {
    await start();
    const [before] = remembered();
    const third = await log.grow(1);
    writeFileSync(join(marks, 'file.replacing'), '');
    await expect(ask(await log.body(7, third))).rejects.toThrow();
    await program.ended();
    expect(remembered()).toEqual([before]);
    await start();
    expect((await ask(await log.body(7, third))).status).toBe(200);
    expect(remembered()).toEqual([third]);
    await program.terminate();
  });

  it('does not start beside another one of the same state', async () => {
    await start();
    const one = program;
    await expect(start()).rejects.toThrow(/is in use by process \d+/);
    await one.terminate();
  });

  it('cosigns nothing that it cannot store', async () => {
    const blocked = join(root, 'blocked');
    await start(blocked);
    rmSync(blocked, { recursive: true });
    writeFileSync(blocked, '');
    const { status, text } = await ask(await log.body(0, first));
    expect({ status, text }).toEqual({
      status: 500,
      text: 'the checkpoint could not be stored; it is not cosigned\n',
    });
    await program.terminate();
  });
});
