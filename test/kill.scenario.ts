import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StoreUrls } from '../apps/config/platform.js';
import { newWorkspace } from './harness/axion.js';
import { HttpClient } from './harness/http-client.js';
import { matching } from './harness/matchers.js';
import { Program, cli, endAll } from './harness/program.js';
import { beginUpload } from './harness/raw-http.js';
import { brokerProfile, completedRun, files, requestRun, trueCounts, uploadId } from './harness/sample.js';
import { until } from './harness/until.js';

const data = mkdtempSync(join(tmpdir(), 'axion-kill-'));
const said: string[] = [];
let key: string;
let axion: Program;
let client: HttpClient;
/** Started on the same directory while the first runs; it waits a while before it gives up. */
let second: Program;

function launch(environment: Readonly<Record<string, string>> = {}): Program {
  return new Program('apps/standalone/main.js', [], { AXION_DATA: data, PORT: '0', ...environment });
}

/** Starts the program on the data that there are; the client goes on in its workspace. */
async function start(environment: Readonly<Record<string, string>> = {}): Promise<void> {
  axion = launch(environment);
  const url = await axion.says(/Axion listens on (\S+)/);
  client = new HttpClient(url, { ...(client as HttpClient | undefined)?.identity });
}

/** @throws Error while somebody else listens there */
function listening(port: number): Promise<Server> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', () => resolve(server));
  });
}

async function kill(): Promise<void> {
  await axion.killGroup();
  said.push(axion.output + axion.errors);
}

/** While nothing runs, each opens the directory itself: one after the other. */
async function expectItHolds(): Promise<void> {
  const [links, replay] = [
    await cli(data, 'verify', '--json'),
    await cli(data, 'replay', '--check', '--json'),
  ];
  expect(links).toMatchObject({ code: 0, answer: { holds: true, violations: [] } });
  expect(replay).toMatchObject({ code: 0, answer: { holds: true } });
}

const isWell = (path: string) => async () =>
  (await client.get(path).catch(() => undefined))?.status === 200 || undefined;
const internal = { side: 'internal', source: 'axion-csv' };
const books: { internal: string[]; broker: string[] } = { internal: [], broker: [] };

afterAll(async () => {
  await endAll();
  rmSync(data, { recursive: true, force: true });
});

// One life of one data directory, from its first start to its last stop: each test goes on where the one before ended.
describe('The program', () => {
  it('starts in an empty directory, and prints the bootstrap key', async () => {
    await start();
    key = /^ {2}(axb_\S+)$/m.exec(axion.output)![1]!;
    client = await newWorkspace(client.as(key));
    await client.post('/v1/reconciliation/sources', brokerProfile);
    expect(statSync(join(data, 'run.json')).mode & 0o777).toBe(0o600);
  }, 30_000);

  it('serves its pages with all that they load', async () => {
    const { text } = await client.as(undefined).get('/docs');
    const assets = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(
      ([, asset]) => new URL(asset!, `${client.url}/docs`),
    );
    expect(assets.length).toBeGreaterThanOrEqual(4);
    for (const { pathname } of assets)
      expect([pathname, (await client.get(pathname)).status]).toEqual([pathname, 200]);
  });

  it('killed during an upload, shows nothing of it', async () => {
    books.internal.push(await uploadId(client.upload(internal, files.internal)));
    const upload = await beginUpload(client, 'side=broker&source=broker-csv', files.broker.slice(0, 100_000));
    const temporary = join(data, 'objects', 'temporary');
    await until('the upload is being stored', () => readdirSync(temporary).length > 0 || undefined);
    await kill();
    upload.abort();
    await expectItHolds();
    await start();
    const uploads = await client.every('/v1/reconciliation/uploads', 10);
    expect(uploads.map((one) => one['uploadId'])).toEqual(books.internal);
    await expectItHolds();
    expect(readdirSync(temporary)).toEqual([]);
  }, 30_000);

  it('killed during a run, finishes it after its next start', async () => {
    const source = { side: 'broker', source: 'broker-csv' };
    books.broker.push(await uploadId(client.upload(source, files.broker)));
    const runId = await requestRun(client, books);
    await axion.part('computation-main.js');
    await kill();
    await start();
    second = launch({ AXION_BOOTSTRAP_KEY: randomBytes(32).toString('hex') });
    const { counts } = await completedRun(client, runId);
    expect(counts).toEqual(trueCounts());
    await expectItHolds();
  }, 30_000);

  it('does not start a second time on the same directory, and says why; the first goes on', async () => {
    const { code, errors } = await second.ended();
    expect(code).toBe(1);
    expect(errors).toMatch(/is in use by process \d+/);
    expect((await client.get('/health/ready')).body).toMatchObject({ ready: true });
    await expectItHolds();
  }, 30_000);

  it.each(['nodes-main.js', 'application-main.js'])(
    'goes on when its %s alone is killed',
    async (part) => {
      const killed = await axion.part(part);
      process.kill(killed, 'SIGKILL');
      await until('another one runs', async () => ((await axion.part(part)) === killed ? undefined : true));
      await until('it is ready again', isWell('/health/ready'));
      const again = await until('a run is accepted', () => requestRun(client, books).catch(() => undefined));
      expect((await completedRun(client, again))['counts']).toEqual(trueCounts());
    },
    30_000,
  );

  it('goes on when somebody else listens where its killed nodes did', async () => {
    const { eventStoreUrl } = JSON.parse(readFileSync(join(data, 'run.json'), 'utf8')) as StoreUrls;
    const taken = Number(new URL(eventStoreUrl).port);
    process.kill(await axion.part('nodes-main.js'), 'SIGKILL');
    const squatter = await until('the port is taken', () => listening(taken).catch(() => undefined));
    try {
      await until('it is ready again', isWell('/health/ready'));
      await until('a run is accepted', () => requestRun(client, books).catch(() => undefined));
      await expectItHolds();
    } finally {
      squatter.close();
    }
  }, 60_000);

  it('leaves nobody behind when its supervisor alone is killed while it writes', async () => {
    let writing = true;
    const writers = Array.from({ length: 8 }, async (_none, writer) => {
      for (let round = 0; writing; round++)
        await client
          .post('/v1/reconciliation/sources', {
            ...brokerProfile,
            name: `writer-${writer}`,
            symbols: { A: `S${round}` },
          })
          .catch(() => undefined);
    });
    await until('some were written', async () =>
      (await client.every('/v1/reconciliation/sources', 100)).length > 8 ? true : undefined,
    );
    await axion.killFirst();
    writing = false;
    await Promise.all(writers);
    await start();
    await expectItHolds();
  }, 30_000);

  it('ends with 0 when it is told to stop, and leaves everything in order', async () => {
    const { code, output, errors } = await axion.terminate();
    said.push(output + errors);
    expect(code).toBe(0);
    expect(readdirSync(data)).not.toEqual(expect.arrayContaining(['run.json', 'lock']));
    await expectItHolds();
    expect(await cli(data, 'lag', '--json')).toMatchObject({ code: 0 });
  }, 30_000);

  it('printed its bootstrap key once, and kept it nowhere', () => {
    expect(said.join('').split(key)).toHaveLength(2);
    expect(said.join('')).toMatch(/"msg":"request"/);
    for (const file of readdirSync(data, { recursive: true, withFileTypes: true }))
      if (file.isFile())
        expect([file.name, readFileSync(join(file.parentPath, file.name)).includes(key)]).toEqual([
          file.name,
          false,
        ]);
  });
});

describe('Misuse ends with 2 and says what is wrong', () => {
  const settings: readonly (readonly [name: string, value: string])[] = [
    ['PORT', 'http'],
    ['AXION_BOOTSTRAP_KEY', 'too short'],
    ['MONGO_URL', 'postgres://here'],
    ['AXION_LOG_LEVEL', 'loud'],
  ];
  const commands: readonly (readonly [parameters: readonly string[], says: RegExp])[] = [
    [['replay'], /--check/],
    [['replay', '--check', 'nothing'], /no read model nothing/],
    [['verify', '--colour'], /--colour/],
    [['conjure'], /conjure/],
  ];

  it('for each setting that cannot be used, without its value', async () => {
    const ended = await Promise.all(settings.map(([name, value]) => launch({ [name]: value }).ended()));
    for (const [index, [name, value]] of settings.entries()) {
      expect([ended[index]!.code, ended[index]!.output]).toEqual([2, '']);
      expect(ended[index]!.errors).toContain(name);
      expect(ended[index]!.errors).not.toContain(value);
    }
  }, 30_000);

  it('for each command that makes no sense', async () => {
    const ended = await Promise.all(commands.map(([parameters]) => cli(data, ...parameters)));
    for (const [index, [, says]] of commands.entries())
      expect([ended[index]!.code, ended[index]!.errors]).toEqual([2, matching(says)]);
  }, 30_000);
});
