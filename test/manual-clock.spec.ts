import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BadConfiguration, readConfiguration } from '../apps/config/configuration.js';
import { openPlatform } from '../apps/config/platform.js';
import { openEmbeddedNodes } from '../apps/standalone/embedded-nodes.js';
import type { Running } from '../apps/standalone/child.js';
import type { ApplicationReady } from '../apps/standalone/application-main.js';
import { messageOf } from '../domain/kernel/errors.js';
import { startAxion, type Axion } from './harness/axion.js';
import { expectItHolds, expectProblem } from './harness/expectations.js';
import { HttpClient, textAt, type Reply } from './harness/http-client.js';
import { startApplication } from './harness/part.js';
import { Program } from './harness/program.js';
import { internalCsv } from './harness/sample.js';

const path = '/v1/engine/clock';
/** Never over real servers: their log would have a manual clock for ever. */
const embedded = { eventStoreUrl: undefined, mongoUrl: undefined };
const manual = { ...embedded, clock: 'manual' } as const;
const set = (client: HttpClient, to: string, headers = {}): Promise<Reply> =>
  client.post(path, { to }, headers);

/** When, by its own word, the newest event of a stream happened. */
function timeOf(axion: Axion, stream: string): Promise<unknown> {
  return axion.stores(async ({ log }) => (await log.readLast(stream))?.metadata['a.at']);
}

describe('A manual clock', () => {
  let axion: Axion;
  let acme: HttpClient;
  let restarted: Running<ApplicationReady> | undefined;
  beforeAll(async () => {
    axion = await startAxion(manual);
    acme = await axion.newWorkspace();
  }, 60_000);
  afterAll(async () => {
    await restarted?.stop();
    await axion.close();
  });

  it('begins at the system’s time, and stands still', async () => {
    const { body } = await axion.root.get(path);
    expect(body['mode']).toBe('manual');
    expect(Math.abs(Date.now() - Date.parse(textAt(body, 'now')))).toBeLessThan(60_000);
    expect((await axion.root.get(path)).body).toEqual(body);
  });

  it.each([
    ['forwards', '2044-02-29T23:59:59.999Z'],
    ['backwards', '1999-12-31T12:00:00.000Z'],
  ])('is set %s, and every event from then on carries it', async (_direction, to) => {
    expect((await set(axion.root, to)).status).toBe(201);
    expect((await axion.root.get(path)).body).toEqual({ mode: 'manual', now: to });
    const { body } = await acme.upload(
      { side: 'internal', source: 'axion-csv' },
      internalCsv({ trade_id: to.slice(0, 4) }),
    );
    expect(await timeOf(axion, textAt(body, 'stream'))).toBe(to);
    const uploaded = await acme.get(`/v1/reconciliation/uploads/${textAt(body, 'uploadId')}`);
    expect(uploaded.body['uploadedAt']).toBe(to);
  });

  it('is set at a time of its own: that before', async () => {
    await set(axion.root, '2030-01-01T00:00:00Z');
    const { body } = await set(axion.root, '2031-01-01T00:00:00Z');
    expect(await timeOf(axion, textAt(body, 'stream'))).toBe('2030-01-01T00:00:00.000Z');
  });

  it('is not set back by a late repeat under the same key', async () => {
    const headers = { 'idempotency-key': 'once' };
    const first = await set(axion.root, '2032-01-01T00:00:00Z', headers);
    await set(axion.root, '2033-01-01T00:00:00Z');
    const again = await set(axion.root, '2032-01-01T00:00:00Z', headers);
    expect(again.body).toEqual(first.body);
    expect((await axion.root.get(path)).body['now']).toBe('2033-01-01T00:00:00.000Z');
  });

  it.each(['yesterday', '2024-06-12T12:00:00', '2024-02-30T12:00:00Z', ''])('is not set to %j', async (to) =>
    expectProblem(await set(axion.root, to), { status: 400, code: 'request.invalid' }),
  );

  it('is set by the platform’s owner alone', async () => {
    const keys = '/v1/tenancy/workspaces/system/keys';
    const { body } = await axion.root.post(keys, { name: 'reader', roles: ['viewer'] });
    const reader = axion.root.as(textAt(body, 'key'));
    expect((await reader.get(path)).status).toBe(200);
    expectProblem(await set(reader, '2034-01-01T00:00:00Z'), { status: 403, code: 'access.denied' });
    const owner = await axion.newKey(acme, 'owner');
    expectProblem(await set(owner, '2034-01-01T00:00:00Z'), { status: 403, code: 'access.denied' });
    expectProblem(await set(axion.root.as(undefined), '2034-01-01T00:00:00Z'), {
      status: 401,
      code: 'access.unauthenticated',
    });
  });

  it('keeps its time over a restart', async () => {
    await set(axion.root, '2035-05-05T05:05:05.555Z');
    await axion.stop();
    restarted = await startApplication(axion.configuration, axion.urls);
    const client = new HttpClient(restarted.ready.url, axion.root.identity);
    expect((await client.get(path)).body).toEqual({ mode: 'manual', now: '2035-05-05T05:05:05.555Z' });
    await restarted.stop();
    restarted = undefined;
  });

  it('must be asked for at every start: without, nothing starts on its log', async () => {
    const refusal: unknown = await startApplication(
      { ...axion.configuration, clock: 'system' },
      axion.urls,
    ).catch((error: unknown) => error);
    expect(messageOf(refusal)).toMatch(/AXION_CLOCK=manual/);
  });

  it('leaves a log that holds', () => expectItHolds(axion));
});

describe('Several first starts at once', () => {
  it('agree on when the manual clock begins', async () => {
    const data = mkdtempSync(join(tmpdir(), 'axion-clock-'));
    const configuration = readConfiguration({ AXION_DATA: data, AXION_CLOCK: 'manual' });
    const nodes = await openEmbeddedNodes(configuration);
    const starts = [1, 2, 3, 4].map(() => openPlatform(configuration, nodes.urls, 'test'));
    const platforms = await Promise.all(starts);
    const times = await Promise.all(platforms.map(({ clock }) => clock.now()));
    expect(new Set(times).size).toBe(1);
    expect((await platforms[0]!.log.readLast('clock-system.clock'))?.revision).toBe(0n);
    await Promise.all(platforms.map((platform) => platform.close()));
    await nodes.close();
    rmSync(data, { recursive: true });
  });
});

describe('The system’s clock', () => {
  let axion: Axion;
  beforeAll(async () => {
    axion = await startAxion(embedded);
  }, 60_000);
  afterAll(() => axion.close());

  it('tells the time', async () => {
    const { body } = await axion.root.get(path);
    expect(body['mode']).toBe('system');
    expect(Math.abs(Date.now() - Date.parse(textAt(body, 'now')))).toBeLessThan(60_000);
  });

  it('cannot be set', async () =>
    expectProblem(await set(axion.root, '2030-01-01T00:00:00Z'), { status: 409, code: 'clock.not-manual' }));
});

describe('AXION_CLOCK', () => {
  it('is the system’s unless it says otherwise', () => {
    expect(readConfiguration({}).clock).toBe('system');
    expect(readConfiguration({ AXION_CLOCK: 'manual' }).clock).toBe('manual');
  });

  it('is refused when it is neither', () =>
    expect(() => readConfiguration({ AXION_CLOCK: 'sundial' })).toThrow(BadConfiguration));

  it('is not manual in production: the program ends before it touches anything', async () => {
    const data = mkdtempSync(join(tmpdir(), 'axion-clock-'));
    const environment = { AXION_DATA: data, AXION_CLOCK: 'manual', NODE_ENV: 'production' };
    const ended = await new Program('apps/standalone/main.js', [], environment).ended();
    expect(ended).toMatchObject({ code: 2, errors: expect.stringMatching(/AXION_CLOCK/) as string });
    expect(readdirSync(data)).toEqual([]);
    rmSync(data, { recursive: true });
  });
});
