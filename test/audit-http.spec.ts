import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isJsonObject, type JsonObject } from '../domain/kernel/json.js';
import { faultOfProof, type EventProof } from '../infra/audit/proofs/event-proof.js';
import { leafHash } from '../infra/audit/merkle/hashing.js';
import { parseCheckpoint } from '../infra/audit/notes/checkpoint.js';
import { parseNote } from '../infra/audit/notes/signed-note.js';
import { logNameOf } from '../infra/audit/sealing/sealer.js';
import { decodeBundle } from '../infra/audit/tiles/entry-bundle.js';
import { signingKeysOf } from '../apps/config/audit.js';
import { readOrigin } from '../infra/eventstore/origin.js';
import { trailOf, verified } from './harness/audit.js';
import { startAxion, type Axion } from './harness/axion.js';
import { expectItHolds, expectProblem } from './harness/expectations.js';
import { textAt, type HttpClient } from './harness/http-client.js';
import { containing, matching } from './harness/matchers.js';
import { listOf } from './harness/openapi.js';
import { brokerProfile } from './harness/sample.js';
import { until } from './harness/until.js';

let axion: Axion;
let owner: HttpClient;
let engineer: HttpClient & { readonly keyId: string };
let auditor: HttpClient & { readonly keyId: string };
const folder = mkdtempSync(join(tmpdir(), 'axion-audit-http-'));

beforeAll(async () => {
  axion = await startAxion();
  owner = await axion.newWorkspace();
  engineer = await axion.newKey(owner, 'engineer');
  auditor = await axion.newKey(owner, 'auditor');
  for (const name of ['first', 'second', 'third'])
    await engineer.post('/v1/reconciliation/sources', { ...brokerProfile, name });
}, 60_000);
afterAll(async () => {
  await axion.close();
  rmSync(folder, { recursive: true });
});

const trail = (query = '', client: HttpClient = auditor): Promise<JsonObject[]> => trailOf(client, query);
const sourceEvent = async (name: string): Promise<JsonObject> =>
  (await trail(`&resource=source/${name}`))[0] ?? {};

/** Waits for the seal that holds it. */
function proven(eventId: string): Promise<EventProof> {
  return until('the event is sealed', async () => {
    const reply = await auditor.get(`/v1/audit/events/${eventId}/proof`);
    if (reply.status === 200) return JSON.parse(reply.text) as EventProof;
    expectProblem(reply, { status: 409, code: 'audit.not-yet-sealed' });
    return undefined;
  });
}

describe('The audit trail', () => {
  it('tells who did what to what, when, why and with what outcome', async () => {
    expect(await sourceEvent('first')).toEqual({
      id: matching(/^[0-9a-f-]{36}$/),
      position: matching(/^\d+$/),
      stream: `source-${owner.workspace}.first`,
      revision: '0',
      type: 'SourceRegistered',
      category: 'configuration',
      outcome: 'success',
      actor: `key:${engineer.keyId}`,
      at: matching(/Z$/),
      resource: 'source/first',
      commandId: matching(/./),
      correlationId: matching(/./),
      causationId: '',
    });
  });

  it('is sorted by position, from the workspace’s creation on', async () => {
    const found = await trail();
    const positions = found.map((entry) => BigInt(textAt(entry, 'position')));
    expect(positions).toEqual([...positions].sort((one, other) => (one < other ? -1 : 1)));
    expect(found[0]).toMatchObject({ type: 'WorkspaceCreated', resource: `workspace/${owner.workspace}` });
  });

  it('ends for whoever pages through it, though each page adds to it', async () => {
    const before = (await trail()).length;
    const paged = await auditor.every('/v1/audit/events', 1);
    expect(paged).toHaveLength(before + 1);
    expect(new Set(paged.map((entry) => entry['id'])).size).toBe(paged.length);
  });

  it.each([
    ['actor', () => `actor=key:${engineer.keyId}`, 3],
    ['action', () => 'action=SourceRegistered', 3],
    ['category', () => 'category=configuration', 4],
    ['resource', () => 'resource=source/second', 1],
    ['stream', () => `resource=source-${owner.workspace}.second`, 1],
    ['free text, whatever its case', () => 'text=SECOND', 1],
    ['free text that is no pattern', () => 'text=.*', 0],
    ['several at once', () => `actor=key:${engineer.keyId}&text=third&outcome=success`, 1],
    ['an actor who did nothing', () => 'actor=key:nobody', 0],
    ['a time before everything', () => 'to=2001-01-01T00:00:00Z', 0],
    ['a time after everything', () => 'from=2999-01-01T00:00:00%2B02:00', 0],
  ])('is searched by %s', async (_what, query, count) => {
    expect(await trail(`&${query()}`)).toHaveLength(count);
  });

  it('is searched from a time on and up to one', async () => {
    const at = textAt(await sourceEvent('second'), 'at');
    const from = await trail(`&action=SourceRegistered&from=${at}`);
    expect(from.every((entry) => textAt(entry, 'at') >= at)).toBe(true);
    const to = await trail(`&action=SourceRegistered&to=${at}`);
    expect(to.every((entry) => textAt(entry, 'at') < at)).toBe(true);
    expect(from.length + to.length).toBe(3);
  });

  it.each([
    'from=yesterday',
    'to=2024-13-01T00:00:00Z',
    'category=none',
    'outcome=maybe',
    'text=%00',
    'who=me',
  ])('refuses %s', async (query) =>
    expectProblem(await auditor.get(`/v1/audit/events?${query}`), { status: 400, code: 'request.invalid' }),
  );

  it('refuses a cursor that it did not give', async () =>
    expectProblem(await auditor.get('/v1/audit/events?cursor=abc'), {
      status: 400,
      code: 'request.bad-cursor',
    }));

  it('gives an event with its data, erasable values opened for who may read it', async () => {
    const [issued] = await trail('&action=ApiKeyIssued');
    const { body } = await auditor.get(`/v1/audit/events/${textAt(issued!, 'id')}`);
    expect(body).toMatchObject({
      type: 'ApiKeyIssued',
      data: { name: 'test engineer' },
      hash: matching(/^[0-9a-f]{64}$/),
    });
  });

  it('is not searched by what may be erased', async () =>
    expect(await trail('&text=test%20engineer')).toEqual([]));

  it('knows no event of another workspace', async () => {
    const stranger = await axion.newKey(await axion.newWorkspace(), 'auditor');
    const id = textAt(await sourceEvent('first'), 'id');
    for (const path of [id, `${id}/proof`])
      expectProblem(await stranger.get(`/v1/audit/events/${path}`), {
        status: 404,
        code: 'audit.unknown-event',
      });
    expect(JSON.stringify(await trail('', stranger))).not.toContain(owner.workspace);
  });

  it.each(['viewer', 'analyst', 'engineer', 'admin'])('is closed to a %s', async (role) => {
    const client = await axion.newKey(owner, role);
    expectProblem(await client.get('/v1/audit/events'), { status: 403, code: 'access.denied' });
  });
});

describe('Whoever reads the trail', () => {
  it('stands in it, with what they asked for', async () => {
    await trail('&text=find-me&outcome=failure');
    const reads = await trail(`&action=AuditTrailRead&actor=key:${auditor.keyId}`);
    const last = reads.at(-2)!;
    expect(last).toMatchObject({ category: 'access', outcome: 'success' });
    const { body } = await auditor.get(`/v1/audit/events/${textAt(last, 'id')}`);
    expect(body['data']).toEqual({ kind: 'events', query: { text: 'find-me', outcome: 'failure' } });
  });
});

describe('What is refused', () => {
  const refusalsOf = async (actor: string, outcome: string): Promise<JsonObject[]> =>
    Promise.all(
      (await trail(`&actor=${actor}&outcome=${outcome}`)).map(async (entry) => {
        const { body } = await auditor.get(`/v1/audit/events/${textAt(entry, 'id')}`);
        return isJsonObject(body['data']) ? body['data'] : {};
      }),
    );
  const total = (refusals: readonly JsonObject[], code: string): number =>
    refusals.reduce((sum, one) => sum + (one['code'] === code ? Number(one['count']) : 0), 0);

  it('is in the trail as denied, gathered by principal, reason and minute', async () => {
    const viewer = await axion.newKey(owner, 'viewer');
    for (let count = 0; count < 40; count++) await viewer.get('/v1/audit/events');
    await viewer.post('/v1/reconciliation/sources', { ...brokerProfile, name: 'mine' });
    const refusals = await refusalsOf(`key:${viewer.keyId}`, 'denied');
    expect(total(refusals, 'access.denied')).toBe(41);
    // At most once more, should a minute have ended meanwhile.
    expect(refusals.length).toBeLessThanOrEqual(2);
    expect(refusals[0]).toEqual({
      principal: `key:${viewer.keyId}`,
      code: 'access.denied',
      minute: matching(/:00[.]000Z$/),
      count: expect.any(Number) as unknown,
      route: 'GET /v1/audit/events',
    });
  });

  it('is in the trail as failed, where a command was let in and could not be carried out', async () => {
    const analyst = await axion.newKey(owner, 'analyst');
    const terms = { tradeDate: '2024-06-12', internal: ['none'], broker: ['none'] };
    await analyst.post('/v1/reconciliation/runs', terms);
    await analyst.post('/v1/reconciliation/runs', {});
    const refusals = await refusalsOf(`key:${analyst.keyId}`, 'failure');
    expect(total(refusals, 'reconciliation.unknown-upload')).toBe(1);
    expect(total(refusals, 'request.invalid')).toBe(1);
  });

  it('tells nothing of reads that found nothing', async () => {
    const viewer = await axion.newKey(owner, 'viewer');
    await viewer.get('/v1/reconciliation/runs/none');
    expect(await trail(`&actor=key:${viewer.keyId}`)).toEqual([]);
  });

  it('stands with whoever asked, and not where they asked to go', async () => {
    const elsewhere = await axion.newWorkspace();
    const stranger = await axion.newKey(elsewhere, 'auditor');
    await stranger.in(owner.workspace).get('/v1/reconciliation/runs');
    const [denied] = await trail(`&actor=key:${stranger.keyId}&outcome=denied`, stranger);
    expect(denied).toMatchObject({ type: 'AccessDenied', category: 'access' });
    expect(await trail(`&actor=key:${stranger.keyId}`)).toEqual([]);
  });

  it('stands with the platform where nobody known asked', async () => {
    await owner.as('nonsense').get('/v1/audit/events');
    const found = await trail('&actor=anonymous&outcome=denied', axion.root.in('system'));
    expect(found.length).toBeGreaterThan(0);
  });
});

describe('The sealed log', () => {
  it('proves an event by two inclusion proofs under a checkpoint that the origin signed', async () => {
    const event = await sourceEvent('first');
    const proof = await proven(textAt(event, 'id'));
    expect(proof).toMatchObject({ workspace: owner.workspace, entry: { k: 'ev', id: event['id'] } });
    const origin = await axion.stores(({ log }) => readOrigin(log));
    const keys = await signingKeysOf(axion.configuration, origin ?? '').all();
    expect(
      faultOfProof(
        proof,
        keys.map(({ verifier }) => verifier),
      ),
    ).toBeUndefined();
    const moved = { ...proof, index: proof.index + 1 };
    expect(
      faultOfProof(
        moved,
        keys.map(({ verifier }) => verifier),
      ),
    ).toBeDefined();
  });

  it('publishes its checkpoint, which names no workspace, to every key', async () => {
    await proven(textAt(await sourceEvent('first'), 'id'));
    const viewer = await axion.newKey(owner, 'viewer');
    const { headers, text, status } = await viewer.get('/v1/audit/checkpoint');
    expect({ status, type: headers.get('content-type') }).toEqual({
      status: 200,
      type: 'text/plain; charset=utf-8',
    });
    const origin = await axion.stores(({ log }) => readOrigin(log));
    expect(parseCheckpoint(parseNote(text).text).origin).toBe(logNameOf(origin ?? ''));
    expect(text).not.toContain(owner.workspace);
  });

  it('says how far it is sealed, and that nothing ended the sealing', async () => {
    await proven(textAt(await sourceEvent('first'), 'id'));
    const { body, headers } = await auditor.get('/v1/audit/status');
    expect(body).toEqual({ size: expect.any(Number) as number, incident: null });
    expect(body['size']).toBeGreaterThan(0);
    expect(headers.get('cache-control')).toBe('no-cache');
    expectProblem(await engineer.get('/v1/audit/status'), { status: 403, code: 'access.denied' });
  });

  it('gives its tiles and its entries, as C2SP names them, and nothing that is not sealed', async () => {
    const proof = await proven(textAt(await sourceEvent('third'), 'id'));
    const { size } = parseCheckpoint(parseNote(proof.checkpoint).text);
    const suffix = (leaves: number) => (leaves >= 256 ? '000' : `000.p/${leaves}`);
    const origin = await bytesAt(`/v1/audit/tile/entries/${suffix(size)}`);
    expect(decodeBundle(origin).map(String)[proof.head.index]).toContain(proof.head.entry.root);
    const leaves = Number(proof.head.entry.size);
    const entries = decodeBundle(await bytesAt(`/v1/audit/log/tile/entries/${suffix(leaves)}`));
    const hashes = await bytesAt(`/v1/audit/log/tile/0/${suffix(leaves)}`);
    expect(entries.map(leafHash)).toEqual(
      entries.map((_entry, index) => hashes.subarray(32 * index, 32 * index + 32)),
    );
    expect(JSON.parse(String(entries[proof.index]))).toEqual(proof.entry);
    for (const path of ['tile/0/999', 'log/tile/0/999', 'log/tile/1/000', 'log/tile/entries/000.p/255'])
      expectProblem(await auditor.get(`/v1/audit/${path}`), { status: 404, code: 'audit.unknown-tile' });
    for (const path of ['tile/0/1', 'tile/x/000', 'tile/0/..%2f..%2fkeys', 'log/tile/0/000.p/256'])
      expectProblem(await auditor.get(`/v1/audit/${path}`), { status: 400, code: 'audit.bad-tile-path' });
  });

  it('shows the tiles of a workspace to its own auditors alone', async () => {
    const proof = await proven(textAt(await sourceEvent('third'), 'id'));
    const path = `/v1/audit/log/tile/entries/000.p/${proof.head.entry.size}`;
    expectProblem(await engineer.get(path), { status: 403, code: 'access.denied' });
    const stranger = await axion.newKey(await axion.newWorkspace(), 'auditor');
    expect((await stranger.get(path)).text).not.toContain(owner.workspace);
  });

  async function bytesAt(path: string): Promise<Buffer> {
    const response = await fetch(`${auditor.url}${path}`, { headers: auditor.credentials });
    expect({ status: response.status, path }).toEqual({ status: 200, path });
    expect(response.headers.get('cache-control')).toMatch(/^private, max-age=\d+/);
    return Buffer.from(await response.arrayBuffer());
  }
});

describe('An export', () => {
  const completed = (exportId: string): Promise<JsonObject> =>
    until('the export is completed', async () => {
      const { body } = await auditor.get(`/v1/audit/exports/${exportId}`);
      if (body['status'] === 'failed') throw new Error(JSON.stringify(body));
      return body['status'] === 'completed' ? body : undefined;
    });

  async function unpacked(exportId: string): Promise<string> {
    const response = await fetch(`${auditor.url}/v1/audit/exports/${exportId}/download`, {
      headers: auditor.credentials,
    });
    expect(response.headers.get('content-type')).toBe('application/x-tar');
    const archive = join(folder, `${exportId}.tar`);
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(response.headers.get('content-length')).toBe(String(bytes.length));
    writeFileSync(archive, bytes);
    expect(spawnSync('tar', ['-xf', archive, '-C', folder]).status).toBe(0);
    return join(folder, `audit-${owner.workspace}`);
  }

  it('is made by a worker, downloaded as one file, and proves itself; edited, it does not', async () => {
    const event = await sourceEvent('first');
    await proven(textAt(event, 'id'));
    const accepted = await auditor.post('/v1/audit/exports', {}, { 'idempotency-key': 'one' });
    expect(accepted).toMatchObject({ status: 202, body: { status: 'accepted' } });
    const exportId = textAt(accepted.body, 'exportId');
    const again = await auditor.post('/v1/audit/exports', {}, { 'idempotency-key': 'one' });
    expect(again.body).toEqual(accepted.body);
    const found = await completed(exportId);
    const size = Number(found['size']);
    expect(found).toMatchObject({ first: 0, progress: { leaves: size, of: size } });
    const directory = await unpacked(exportId);
    expect(readdirSync(directory)).toContain('verify.mjs');
    const lines = readFileSync(join(directory, 'leaves.ndjson'), 'utf8');
    expect(lines).toContain(textAt(event, 'id'));
    expect(lines.trimEnd().split('\n')).toHaveLength(size);
    expect(verified(directory)).toMatchObject({ code: 0, holds: true });
    writeFileSync(join(directory, 'leaves.ndjson'), lines.replace('"second"', '"secend"'));
    expect(verified(directory)).toMatchObject({ code: 1, holds: false });
  });

  it('may begin at a position', async () => {
    const event = await sourceEvent('third');
    await proven(textAt(event, 'id'));
    const { body } = await auditor.post('/v1/audit/exports', { from: textAt(event, 'position') });
    const found = await completed(textAt(body, 'exportId'));
    expect(Number(found['first'])).toBeGreaterThan(0);
    const directory = await unpacked(textAt(body, 'exportId'));
    expect(readFileSync(join(directory, 'leaves.ndjson'), 'utf8')).toContain(textAt(event, 'id'));
    expect(verified(directory)).toMatchObject({ code: 0, holds: true });
  });

  it('stands in the trail: asked for, made, and taken away', async () => {
    const list = (await auditor.get('/v1/audit/exports')).body['items'];
    const exportId = textAt(listOf(list)[0]!, 'exportId');
    const types = (await trail(`&resource=auditExport/${exportId}`)).map((entry) => entry['type']);
    expect(types[0]).toBe('AuditExportRequested');
    expect(types.at(-1)).toBe('AuditExportCompleted');
    expect(await trail('&action=AuditTrailRead')).toContainEqual(
      containing({ actor: `key:${auditor.keyId}` }),
    );
  });

  it('is refused where it would end before it begins, and not found where there is none', async () => {
    expectProblem(await auditor.post('/v1/audit/exports', { from: '9', to: '8' }), {
      status: 422,
      code: 'audit.bad-range',
    });
    expectProblem(await auditor.post('/v1/audit/exports', { from: '-1' }), {
      status: 400,
      code: 'request.invalid',
    });
    expectProblem(await auditor.get('/v1/audit/exports/none/download'), {
      status: 404,
      code: 'audit-exports.unknown',
    });
  });
});

describe('The state of an aggregate', () => {
  it('is computed as of a position or a time, and says by what', async () => {
    await engineer.post('/v1/reconciliation/sources', { ...brokerProfile, name: 'changing' });
    const second = await engineer.post('/v1/reconciliation/sources', {
      ...brokerProfile,
      name: 'changing',
      timeZone: 'UTC',
    });
    const stream = `source-${owner.workspace}.changing`;
    const [one, two] = await trail(`&resource=${stream}`);
    const stateAt = async (at: string): Promise<JsonObject> =>
      (await auditor.get(`/v1/audit/state?stream=${stream}&at=${encodeURIComponent(at)}`)).body;
    expect(await stateAt(textAt(one!, 'position'))).toMatchObject({
      stream,
      revision: '0',
      events: 1,
      state: { version: 1 },
      computed: 'from the events, by today’s code',
    });
    expect(await stateAt(textAt(second.body, 'position'))).toMatchObject({
      events: 2,
      state: { version: 2 },
    });
    expect(await stateAt(textAt(two!, 'at'))).toMatchObject({ state: { version: 2 } });
    expect(await stateAt('2001-01-01T00:00:00+01:00')).toMatchObject({ events: 0, state: { version: 0 } });
    expect((await auditor.get(`/v1/audit/state?stream=${stream}`)).body).toMatchObject({ events: 2 });
  });

  it('is not told of another workspace, of what is not there, nor of no moment', async () => {
    const stranger = await axion.newKey(await axion.newWorkspace(), 'auditor');
    const stream = `source-${owner.workspace}.first`;
    const unknown = { status: 404, code: 'audit.unknown-stream' };
    expectProblem(await stranger.get(`/v1/audit/state?stream=${stream}`), unknown);
    expectProblem(await auditor.get(`/v1/audit/state?stream=${stream}x`), unknown);
    expectProblem(await auditor.get('/v1/audit/state?stream=seal-system.axion'), unknown);
    expectProblem(await auditor.get(`/v1/audit/state?stream=${stream}&at=noon`), {
      status: 400,
      code: 'request.invalid',
    });
  });
});

it('Every link holds and every read model equals its replay', () => expectItHolds(axion));
