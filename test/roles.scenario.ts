import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BadConfiguration, processRoles, readConfiguration } from '../apps/config/configuration.js';
import { startApplication } from '../apps/standalone/application.js';
import { newWorkspace } from './harness/axion.js';
import { expectProblem } from './harness/expectations.js';
import { HttpClient, textAt } from './harness/http-client.js';
import { matching } from './harness/matchers.js';
import { Program, cli, endAll } from './harness/program.js';
import {
  brokerProfile,
  completedRun,
  files,
  requestRun,
  sides,
  sourceOf,
  trueCounts,
  uploadId,
} from './harness/sample.js';
import { until } from './harness/until.js';

const data = mkdtempSync(join(tmpdir(), 'axion-roles-'));
const key = randomBytes(24).toString('hex');
const environment = {
  AXION_DATA: data,
  AXION_BOOTSTRAP_KEY: key,
  AXION_LOG_LEVEL: 'error',
  AXION_METRICS_PORT: '0',
};
const books: { internal: string[]; broker: string[] } = { internal: [], broker: [] };
let axion: Program;
let client: HttpClient;
let worker: Program;
let projector: Program;

/** A process that attaches to the running platform, once it says that it is ready. */
async function attached(roles: string): Promise<Program> {
  const program = new Program('apps/cli/main.js', ['run', '--roles', roles], environment);
  await program.says(new RegExp(`Axion runs as ${roles} \\(`));
  return program;
}

async function expectItHolds(): Promise<void> {
  const [links, replay] = await Promise.all([
    cli(data, 'verify', '--json'),
    cli(data, 'replay', '--check', '--json'),
  ]);
  expect(links).toMatchObject({ code: 0, answer: { violations: [] } });
  expect(replay).toMatchObject({ code: 0, answer: { holds: true } });
}

afterAll(async () => {
  await endAll();
  rmSync(data, { recursive: true, force: true });
});

// One platform, whose parts come and go: each test goes on where the one before ended.
describe('Roles in processes of their own', () => {
  it('begin with an API alone: it takes commands, and tells that nobody shows what came of them', async () => {
    axion = new Program('apps/standalone/main.js', [], { ...environment, PORT: '0', AXION_ROLES: 'api' });
    client = await newWorkspace(new HttpClient(await axion.says(/Axion listens on (\S+)/), { key }));
    await client.post('/v1/reconciliation/sources', brokerProfile);
    for (const side of sides)
      books[side].push(await uploadId(client.upload({ side, source: sourceOf[side] }, files[side])));
    const { body } = await client.post('/v1/reconciliation/sources', {
      ...brokerProfile,
      name: 'shown-late',
    });
    const late = await client.get(`/v1/reconciliation/sources?after=${textAt(body, 'position')}`);
    expectProblem(late, { status: 503, code: 'read-model.behind' });
  }, 60_000);

  it('show and do it when a projector and a worker come', async () => {
    [projector, worker] = await Promise.all([attached('projector'), attached('worker')]);
    const { status } = await client.get('/v1/reconciliation/sources');
    expect(status).toBe(200);
    const { counts } = await completedRun(client, await requestRun(client, books));
    expect(counts).toEqual(trueCounts());
  }, 60_000);

  it('tell their health and metrics where they are asked to', async () => {
    const observed = new HttpClient(await projector.says(/Health and metrics are at (\S+)/));
    await until('it is ready', async () => (await observed.get('/health/ready')).status === 200 || undefined);
    expect((await observed.get('/health/live')).body).toEqual({ live: true });
    expect((await observed.get('/metrics')).text).toMatch(/axion_projection_applied_position\{/);
    expectProblem(await observed.get('/v1'), { status: 404, code: 'request.unknown-address' });
    expectProblem(await observed.post('/metrics', {}), { status: 404, code: 'request.unknown-address' });
  }, 30_000);

  it('go on with another projector when one is killed', async () => {
    const [killed, other] = [projector, await attached('projector')];
    const runs = [requestRun(client, books), requestRun(client, books)];
    await killed.killGroup();
    projector = other;
    for (const run of runs) expect((await completedRun(client, await run))['counts']).toEqual(trueCounts());
  }, 60_000);

  it('go on with another worker when one is killed at work', async () => {
    const runId = await requestRun(client, books);
    await worker.part('computation-main.js');
    await worker.killGroup();
    worker = await attached('worker');
    expect((await completedRun(client, runId))['counts']).toEqual(trueCounts());
    await expectItHolds();
  }, 60_000);

  it('end in order, each by itself', async () => {
    expect(await projector.terminate()).toMatchObject({ code: 0 });
    expect(await worker.terminate()).toMatchObject({ code: 0 });
    expect((await client.get('/health/ready')).status).toBe(200);
  }, 30_000);

  it('end with the platform whose stores they use', async () => {
    const left = await attached('projector, worker');
    expect(await axion.terminate()).toMatchObject({ code: 0 });
    expect(await left.ended()).toMatchObject({ code: 1, errors: matching(/has ended/) });
  }, 60_000);

  it('do not run where there is nothing to attach to', async () =>
    expect(await cli(data, 'run')).toMatchObject({ code: 2, errors: matching(/no Axion runs in/) }));
});

describe('AXION_ROLES', () => {
  const rolesOf = (roles: string) => readConfiguration({ AXION_ROLES: roles }).roles;

  it('are all of them unless they are named', () => {
    expect(readConfiguration({}).roles).toEqual(processRoles);
    expect(rolesOf('worker, projector,worker')).toEqual(['projector', 'worker']);
  });

  it.each(['cook', 'api,cook', ',', 'api,'])('are refused as %j', (roles) =>
    expect(() => rolesOf(roles)).toThrow(BadConfiguration),
  );

  it('must name an API for a platform that starts itself', async () => {
    const configuration = readConfiguration({ AXION_ROLES: 'worker', AXION_DATA: data });
    await expect(startApplication(configuration, { eventStoreUrl: '', mongoUrl: '' })).rejects.toThrow(/api/);
  });
});
