import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codeOf } from '../../../domain/kernel/errors.js';
import { hashOf } from '../../eventstore/chain.js';
import { encodeVerifierKey, signatureTypes, signerKey } from '../notes/note-key.js';
import { signReceipt } from '../receipts/receipt.js';
import { logNameOf } from '../sealing/sealer.js';
import { World, origin, sealAll, signer } from '../testing/world.js';
import { exportWorkspace, type ExportRequest } from './export-workspace.js';

interface Verdict {
  readonly holds: boolean;
  readonly leaves: number;
  readonly offence?: { readonly line?: number; readonly stream?: string; readonly reason: string };
}

const verifier = join(process.cwd(), 'dist/infra/audit/export/verify.js');
const root = mkdtempSync(join(tmpdir(), 'axion-export-'));
afterAll(() => rmSync(root, { recursive: true }));
let exports = 0;

async function exported(world: World, changes: Partial<ExportRequest> = {}): Promise<string> {
  const directory = join(root, String(exports++));
  const checkpoint = world.published.at(-1)?.checkpoint ?? '';
  await exportWorkspace(
    { workspace: 'acme', origin, directory, ...changes },
    { log: world.log, tiles: world.tiles, checkpoint, keys: [encodeVerifierKey(signer.verifier)], verifier },
  );
  return directory;
}

/** As whoever received the folder does it; several threads find the same as one. */
function verified(directory: string, ...more: readonly string[]): Verdict & { readonly code: number | null } {
  const one = run(directory, ...more);
  expect(run(directory, '--jobs', '3', ...more)).toEqual(one);
  if (one.output === '') throw new Error(one.errors);
  return { code: one.code, ...(JSON.parse(one.output) as Verdict) };
}

function run(directory: string, ...more: readonly string[]) {
  const program = [join(directory, 'verify.mjs'), '--json', ...more];
  const { status, stdout, stderr } = spawnSync(process.execPath, program, { encoding: 'utf8', env: {} });
  return { code: status, output: stdout, errors: stderr };
}

async function someWorld(): Promise<World> {
  const world = new World();
  for (let index = 0; index < 5; index++) {
    await world.happens('thing', 'acme', 'a');
    await world.happens('thing', 'beta', 'b');
    await world.happens('thing', 'acme', 'c');
  }
  await sealAll(world.sealer());
  return world;
}

function edited(directory: string, file: string, change: (text: string) => string): string {
  const copy = `${directory}-${exports++}`;
  cpSync(directory, copy, { recursive: true });
  const text = readFileSync(join(copy, file), 'utf8');
  const after = change(text);
  if (after === text) throw new Error(`nothing was changed in ${file}`);
  writeFileSync(join(copy, file), after);
  return copy;
}

const lines = (change: (lines: string[]) => unknown) => (text: string) => {
  const all = text.trimEnd().split('\n');
  change(all);
  return `${all.join('\n')}\n`;
};

describe('an export', () => {
  it('that nobody touched holds, wherever it lies and with nothing but Node', async () => {
    expect(verified(await exported(await someWorld()))).toMatchObject({ code: 0, holds: true, leaves: 10 });
  });

  it('holds from a position on, by the compact range before it', async () => {
    const world = await someWorld();
    const directory = await exported(world, { from: 700n });
    expect(verified(directory)).toMatchObject({ holds: true, leaves: 5 });
    const without = edited(directory, 'prefix', (text) => text.replace(/[0-9a-f]{4}/, 'dead'));
    expect(verified(without)).toMatchObject({ code: 1, holds: false });
  });

  it('holds up to an earlier seal', async () => {
    const world = await someWorld();
    const to = (await world.log.head()) ?? 0n;
    await world.happens('thing', 'acme', 'a');
    await sealAll(world.sealer());
    expect(verified(await exported(world))).toMatchObject({ holds: true, leaves: 11 });
    expect(verified(await exported(world, { to }))).toMatchObject({ holds: true, leaves: 10 });
  });

  it('of a workspace of which nothing was sealed is refused', async () => {
    const failure: unknown = await exported(await someWorld(), { workspace: 'nobody' }).catch(
      (error: unknown) => error,
    );
    expect(codeOf(failure)).toBe('audit.nothing-sealed');
  });

  it.each<[string, string, (text: string) => string, RegExp, number | undefined]>([
    [
      'a byte of an event',
      'leaves.ndjson',
      (text) => text.replace('"id":"a"', '"id":"b"'),
      /data is not what was hashed/,
      1,
    ],
    [
      'an actor',
      'leaves.ndjson',
      (text) => text.replace('"a.actor":"system"', '"a.actor":"nobody"'),
      /metadata is not/,
      1,
    ],
    [
      'a removed line',
      'leaves.ndjson',
      lines((all) => all.splice(4, 1)),
      /revision 2 of its stream is missing/,
      6,
    ],
    [
      'a removed last line',
      'leaves.ndjson',
      lines((all) => all.pop()),
      /9 leaves are here, where there are 10/,
      undefined,
    ],
    [
      'a line twice',
      'leaves.ndjson',
      lines((all) => all.splice(3, 0, all[2] as string)),
      /does not come after/,
      4,
    ],
    [
      'two lines swapped',
      'leaves.ndjson',
      lines((all) => all.splice(2, 2, all[3] as string, all[2] as string)),
      /does not come after/,
      4,
    ],
    [
      'a space that no hash covers',
      'leaves.ndjson',
      (text) => text.replace('{"entry"', '{ "entry"'),
      /no hash covers/,
      1,
    ],
    [
      'a field that no hash covers',
      'leaves.ndjson',
      (text) => text.replace('{"entry"', '{"by":"me","entry"'),
      /no hash covers/,
      1,
    ],
    [
      'a second value for one key',
      'leaves.ndjson',
      (text) => text.replace('"data":{', '"data":{"id":"z",'),
      /no hash covers/,
      1,
    ],
    [
      'metadata that no hash covers',
      'leaves.ndjson',
      (text) => text.replace('"a.actor"', '"a.aaa":"","a.actor"'),
      /no hash covers/,
      1,
    ],
    [
      'an event kept as its hash only',
      'leaves.ndjson',
      lines((all) => (all[0] = all[0]?.replace(/,"event".*/, '}').replace('"h":"', '"h":"0') as string)),
      /not link|not those that were sealed/,
      undefined,
    ],
    ['a line that is none', 'leaves.ndjson', lines((all) => (all[1] = '{')), /cannot be read/, 2],
    ['a line that is null', 'leaves.ndjson', lines((all) => (all[8] = 'null')), /cannot be read/, 9],
    [
      'the end of a line',
      'leaves.ndjson',
      lines((all) => (all[3] = `${all[3]}\r`)),
      /holds what no hash covers/,
      4,
    ],
    ['the end of the last line', 'leaves.ndjson', (text) => text.trimEnd(), /cannot be read/, 10],
    [
      'a changed head',
      'head.json',
      (text) => text.replace('"size": "10"', '"size": "9"'),
      /head of the workspace is not in the log/,
      undefined,
    ],
    [
      'a changed manifest',
      'manifest.json',
      (text) => text.replace('"size": 10', '"size": 9'),
      /manifest is not what the head says/,
      undefined,
    ],
    [
      'another workspace',
      'manifest.json',
      (text) => text.replace('"acme"', '"beta"'),
      /head is of another workspace/,
      undefined,
    ],
    [
      'another origin',
      'manifest.json',
      (text) => text.replace(origin, origin.replace('0', '1')),
      /another origin/,
      undefined,
    ],
    [
      'a changed checkpoint',
      'checkpoint',
      (text) => text.replace(/\n(\d+)\n/, '\n7\n'),
      /signed by no key/,
      undefined,
    ],
    ['another key', 'policy.json', (text) => text.replace(/\+A/, '+B'), /./, undefined],
    [
      'a quorum that nobody met',
      'policy.json',
      (text) => text.replace('"quorum": 0', '"quorum": 1'),
      /0 of the 1 witnesses/,
      undefined,
    ],
  ])('fails after %s was changed, and names it', async (_what, file, change, reason, line) => {
    const verdict = verified(edited(await exported(await someWorld()), file, change));
    expect(verdict.code).toBe(1);
    expect(verdict.offence?.reason).toMatch(reason);
    if (line !== undefined) expect(verdict.offence?.line).toBe(line);
  });

  it('fails after a byte was changed to what is no text, where a text stood for what cannot be read', async () => {
    const world = new World();
    for (const id of ['a', 'b\ufffd', 'c']) await world.happens('thing', 'acme', 'a', { id });
    await sealAll(world.sealer());
    const directory = await exported(world);
    expect(verified(directory)).toMatchObject({ holds: true, leaves: 3 });
    const file = join(directory, 'leaves.ndjson');
    const bytes = readFileSync(file);
    const at = bytes.indexOf('\ufffd');
    // A lenient decoder reads the same text from both.
    writeFileSync(file, Buffer.concat([bytes.subarray(0, at), Buffer.from([0xff]), bytes.subarray(at + 3)]));
    expect(verified(directory)).toMatchObject({
      code: 1,
      offence: { line: 2, reason: 'the line cannot be read' },
    });
  });

  it.each(['0', '65', 'many'])('is not checked by %s threads', async (jobs) => {
    const { code, errors } = run(await exported(await someWorld()), '--jobs', jobs);
    expect(code).toBe(2);
    expect(errors).toMatch(/a whole number from 1 to 64/);
  });

  it('is checked by the policy of whoever checks it, not by the one it brings', async () => {
    const directory = await exported(await someWorld());
    const policy = join(root, 'policy.json');
    writeFileSync(
      policy,
      JSON.stringify({ origin: 'axion/other', keys: [encodeVerifierKey(signer.verifier)] }),
    );
    expect(verified(directory, '--policy', policy)).toMatchObject({ code: 1, holds: false });
  });

  it('holds for who pinned the key before the last, by the leaves that name the next', async () => {
    const world = await someWorld();
    const next = signerKey(logNameOf(origin), signatureTypes.ed25519, Buffer.alloc(32, 4));
    const rotated = world.sealer({ keys: () => Promise.resolve([signer, next]) });
    for (let seals = 0; seals < 2; seals++) {
      await world.happens('thing', 'acme', 'a');
      await sealAll(rotated);
    }
    const directory = await exported(world);
    expect(verified(directory)).toMatchObject({ holds: true, leaves: 12 });
    const forged = edited(directory, 'rotations.json', (text) =>
      text.replace('"filter": "1"', '"filter": "2"'),
    );
    expect(verified(forged).offence?.reason).toMatch(/signed by no key/);
    rmSync(join(directory, 'rotations.json'));
    expect(verified(directory).offence?.reason).toMatch(/signed by no key/);
  });

  it('holds what a receipt was given for, or fails', async () => {
    const world = await someWorld();
    const directory = await exported(world);
    const last = await world.log.readLast('thing-acme.a');
    const place = { stream: 'thing-acme.a', position: String(last?.position) };
    const receipt = (revision: string, hash = (last && hashOf(last)) ?? ''): string => {
      const file = join(root, `receipt-${exports++}`);
      writeFileSync(file, signReceipt({ ...place, revision, hash }, signer));
      return file;
    };
    expect(verified(directory, '--receipt', receipt('4'))).toMatchObject({ holds: true, receipts: 1 });
    expect(verified(directory, '--receipt', receipt('4', '0'.repeat(64))).offence).toMatchObject({
      ...place,
      reason: 'it is not what a receipt was given for',
    });
    expect(verified(directory, '--receipt', receipt('5')).offence).toMatchObject({
      stream: 'thing-acme.a',
      revision: '5',
      reason: expect.stringMatching(/not here/) as string,
    });
  });
});
