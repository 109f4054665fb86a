import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isJsonObject, type JsonObject } from '../domain/kernel/json.js';
import { faultOfProof, type EventProof } from '../infra/audit/proofs/event-proof.js';
import { openReceipt } from '../infra/audit/receipts/receipt.js';
import { decodeVerifierKey, type VerifierKey } from '../infra/audit/notes/note-key.js';
import { newWorkspace } from './harness/axion.js';
import { HttpClient, textAt, textsAt } from './harness/http-client.js';
import { matching } from './harness/matchers.js';
import { Program, cli, endAll } from './harness/program.js';
import { brokerProfile } from './harness/sample.js';
import { until } from './harness/until.js';

const root = mkdtempSync(join(tmpdir(), 'axion-audit-'));
const data = join(root, 'data');
const key = randomBytes(24).toString('hex');
const environment: Record<string, string> = {
  AXION_DATA: data,
  AXION_BOOTSTRAP_KEY: key,
  AXION_LOG_LEVEL: 'error',
  AXION_METRICS_PORT: '0',
  AXION_ANCHOR_DIRECTORY: join(root, 'anchors'),
};
let axion: Program;
let client: HttpClient;
let names = 0;
const patience = 60_000;

async function start(more: Readonly<Record<string, string>> = {}): Promise<void> {
  axion = new Program('apps/standalone/main.js', [], { ...environment, ...more, PORT: '0' });
  const url = await said(axion, /Axion listens on (\S+)/);
  const identity = (client as HttpClient | undefined)?.identity;
  client = identity ? new HttpClient(url, identity) : await newWorkspace(new HttpClient(url, { key }));
}

/** As `says`, on a machine that has much else to do. */
const said = (program: Program, pattern: RegExp): Promise<string> =>
  until(
    `it says ${pattern.source}`,
    () => {
      const found = pattern.exec(program.output)?.[1];
      if (found === undefined && program.errors !== '') throw new Error(program.errors);
      return found;
    },
    patience,
  );

/** A command; its answer. */
async function command(headers: Readonly<Record<string, string>> = {}): Promise<JsonObject> {
  const body = { ...brokerProfile, name: `source-${names++}` };
  const { status, body: answer, text } = await client.post('/v1/reconciliation/sources', body, headers);
  if (status !== 201) throw new Error(text);
  return answer;
}

async function verified(...more: string[]): Promise<JsonObject & { leaves: JsonObject }> {
  const { answer, errors } = await cli(data, 'verify', '--json', ...more);
  const { log } = answer;
  if (!isJsonObject(log) || !isJsonObject(log['leaves'])) throw new Error(errors);
  return { ...answer, leaves: log['leaves'] };
}

/** Waits for the seal of what was done so far. */
async function sealed(): Promise<void> {
  expect((await command({ prefer: 'wait=sealed' }))['proof']).toEqual(
    matching(/^c2sp\.org\/tlog-proof@v1\n/),
  );
}

async function keys(): Promise<VerifierKey[]> {
  return textsAt((await cli(data, 'key', 'show', '--json')).answer, 'keys').map(decodeVerifierKey);
}

const metric = async (at: HttpClient, name: string) =>
  Number(new RegExp(`^${name} (\\S+)$`, 'm').exec((await at.get('/metrics')).text)?.[1]);

afterAll(async () => {
  await endAll();
  rmSync(root, { recursive: true, force: true });
});

// One life of one data directory: each test goes on where the one before ended.
describe('The audit log', () => {
  it('seals what happens within seconds, and says how far it is', async () => {
    await start();
    await sealed();
    expect(await metric(client, 'audit_tree_size')).toBeGreaterThan(1);
    expect(await metric(client, 'audit_incident')).toBe(0);
    await until(
      'everything is sealed',
      async () => (await metric(client, 'audit_seal_lag_seconds')) === 0 || undefined,
      patience,
    );
    const { holds, leaves, violations } = await verified();
    expect({ holds, violations }).toEqual({ holds: true, violations: [] });
    expect(leaves).toMatchObject({ TAMPERED: 0, MISSING: 0, EXTRA: 0 });
    expect(leaves['OK']).toBeGreaterThan(3);
  }, 180_000);

  it('is exported, and the export is checked with nothing but Node', async () => {
    const out = join(root, 'export');
    const { code, answer } = await cli(
      data,
      'export',
      '--workspace',
      client.workspace,
      '--out',
      out,
      '--json',
    );
    expect({ code, workspace: answer['workspace'] }).toEqual({ code: 0, workspace: client.workspace });
    const { status, stdout } = spawnSync(process.execPath, ['verify.mjs', '--json'], {
      cwd: out,
      encoding: 'utf8',
      env: {},
    });
    expect({ status, ...(JSON.parse(stdout) as object) }).toMatchObject({ status: 0, holds: true });
    const nobody = await cli(data, 'export', '--workspace', 'nobody', '--out', join(root, 'none'));
    expect(nobody).toMatchObject({ code: 2, errors: matching(/nothing of the workspace nobody/) });
  }, 180_000);

  it('proves an event in less than 4 KB', async () => {
    const answer = await command({ prefer: 'wait=sealed' });
    const { code, output } = await cli(
      data,
      'prove',
      `${textAt(answer, 'stream')}@${textAt(answer, 'revision')}`,
    );
    expect(code).toBe(0);
    expect(output.length).toBeLessThan(4096);
    const proof = JSON.parse(output) as EventProof;
    const [pinned] = await keys();
    expect(faultOfProof(proof, [pinned as VerifierKey])).toBeUndefined();
    const other = { ...proof, entry: { ...proof.entry, pos: '1' } };
    expect(faultOfProof(other, [pinned as VerifierKey])).toMatch(/leaf is not in the log/);
    const { id } = proof.entry as { id: string };
    expect((await cli(data, 'prove', id)).output).toContain(id);
  }, 180_000);

  it('gives a receipt for each command, the same for a repeat, that holds the log to it', async () => {
    const [pinned] = await keys();
    const body = { ...brokerProfile, name: 'with-a-key' };
    const ask = () => client.post('/v1/reconciliation/sources', body, { 'idempotency-key': 'once' });
    const [first, again] = [await ask(), await ask()];
    expect(again.text).toBe(first.text);
    const { stream, revision, position, hash } = first.body;
    const receipt = textAt(first.body, 'receipt');
    expect(openReceipt(receipt, [pinned as VerifierKey])).toMatchObject({ stream, revision, position, hash });
    const file = join(root, 'receipt');
    writeFileSync(file, receipt);
    expect((await cli(data, 'verify', '--receipt', file, '--json')).code).toBe(0);
    writeFileSync(file, receipt.replace(`\n${textAt(first.body, 'revision')}\n`, '\n7\n'));
    expect(await cli(data, 'verify', '--receipt', file)).toMatchObject({
      code: 2,
      errors: matching(/not signed/),
    });
  }, 180_000);

  it('goes on after a restart, and with a new key that the old one names', async () => {
    expect(await axion.terminate()).toMatchObject({ code: 0 });
    expect((await verified())['holds']).toBe(true);
    await start();
    await sealed();
    expect((await cli(data, 'key', 'rotate')).code).toBe(0);
    await sealed();
    await sealed();
    expect(await keys()).toHaveLength(2);
    expect((await verified('--full'))['holds']).toBe(true);
    const out = join(root, 'export-rotated');
    expect((await cli(data, 'export', '--workspace', client.workspace, '--out', out)).code).toBe(0);
    const policy = JSON.parse(readFileSync(join(out, 'policy.json'), 'utf8')) as { keys: string[] };
    const old = join(root, 'old-policy.json');
    writeFileSync(old, JSON.stringify({ ...policy, keys: policy.keys.slice(0, 1) }));
    const checked = (...more: string[]) =>
      spawnSync(process.execPath, [join(out, 'verify.mjs'), '--policy', old, ...more]).status;
    expect(checked()).toBe(0);
    const text = readFileSync(join(out, 'rotations.json'), 'utf8');
    writeFileSync(join(out, 'rotations.json'), '[]');
    expect(checked()).toBe(1);
    const forged = text.replace(/"filter": "\d+"/, '"filter": "0"');
    expect(forged).not.toBe(text);
    writeFileSync(join(out, 'rotations.json'), forged);
    expect(checked()).toBe(1);
  }, 240_000);

  it('is sealed on by another worker when one is killed', async () => {
    await axion.terminate();
    await start({ AXION_ROLES: 'api' });
    const workers = [1, 2].map(
      () => new Program('apps/cli/main.js', ['run', '--roles', 'worker'], environment),
    );
    const observed = await Promise.all(
      workers.map(async (worker) => new HttpClient(await said(worker, /Health and metrics are at (\S+)/))),
    );
    await sealed();
    const active = await Promise.all(observed.map((at) => metric(at, 'audit_sealer_active')));
    expect([...active].sort()).toEqual([0, 1]);
    await workers[active.indexOf(1)]?.killGroup();
    await until('the other seals', async () => {
      const { proof } = await command({ prefer: 'wait=sealed' });
      return proof === undefined ? undefined : true;
    });
    await workers[active.indexOf(0)]?.terminate();
    expect((await verified('--full'))['holds']).toBe(true);
    await axion.terminate();
  }, 240_000);

  it('keeps every checkpoint where nothing is written over', () => {
    const [smallest = ''] = readdirSync(environment['AXION_ANCHOR_DIRECTORY'] ?? '').sort();
    expect(smallest).toMatch(/^\d{16}\.checkpoint$/);
  });

  it('is sealed no more after a tile was changed, and says so', async () => {
    const tiles = join(data, 'audit', 'origin', 'tile', 'entries');
    const newest =
      readdirSync(join(tiles, '000.p')).sort((one, other) => Number(other) - Number(one))[0] ?? '';
    const path = join(tiles, '000.p', newest);
    const bytes = readFileSync(path);
    bytes[30] = (bytes[30] as number) ^ 1;
    writeFileSync(path, bytes);
    expect((await verified('--full'))['holds']).toBe(false);
    await start();
    const health = await until('its health says so', async () => {
      const reply = await client.get('/health/ready');
      return /is not sealed/.test(reply.text) ? reply : undefined;
    });
    // It serves as ever: who can write to the store must not be able to take the API out of service.
    expect(health.status).toBe(200);
    expect(health.body).toMatchObject({
      ready: true,
      reasons: [],
      warnings: [matching(/a person must look/)],
    });
    expect(health.text).not.toContain(client.workspace);
    const status = await client.get('/v1/audit/status');
    expect(status.body).toMatchObject({ incident: { at: matching(/^20/) } });
    expect(await metric(client, 'audit_incident')).toBe(1);
    const size = await metric(client, 'audit_tree_size');
    await command();
    await until(
      'the lag grows',
      async () => (await metric(client, 'audit_seal_lag_seconds')) > 2 || undefined,
      patience,
    );
    expect(await metric(client, 'audit_tree_size')).toBe(size);
    await axion.terminate();
  }, 180_000);
});
