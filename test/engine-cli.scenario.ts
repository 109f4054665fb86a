import type { JsonObject, JsonValue } from '../domain/kernel/json.js';
import { sources as sourceList } from '../projections/reconciliation/sources.js';
import { uploads as uploadList } from '../projections/reconciliation/uploads.js';
import { newWorkspace } from './harness/axion.js';
import { shown, textAt, type HttpClient, type Reply } from './harness/http-client.js';
import { containing, matching } from './harness/matchers.js';
import { metricsOf, sumOf } from './harness/metrics.js';
import { listOf } from './harness/openapi.js';
import { appendPoison } from './harness/poison.js';
import { RunningAxion } from './harness/running-axion.js';
import { brokerProfile, internalCsv, uploadId } from './harness/sample.js';
import { until } from './harness/until.js';

const axion = new RunningAxion();
const sources = '/v1/reconciliation/sources';
const uploads = '/v1/reconciliation/uploads';
/** The read models that are rebuilt here, at the versions of their code. */
const sourcesAt = `v${sourceList.version}`;
const uploadsAt = `v${uploadList.version}`;
const generousMs = 120_000;
let client: HttpClient;

beforeAll(async () => {
  await axion.start();
  client = await newWorkspace(axion.root);
  for (let index = 0; index < 20; index++) await register(`source-${index}`);
  await uploadId(client.upload({ side: 'internal', source: 'axion-csv' }, internalCsv({})));
}, generousMs);
afterAll(() => axion.remove(), generousMs);

function register(name: string): Promise<Reply> {
  return client.post(sources, { ...brokerProfile, name });
}

/** The names of the sources, with what was just written. */
async function sourceNames(after: JsonValue = '0'): Promise<string[]> {
  const items = await client.every(`${sources}?after=${shown(after)}`, 1000);
  return items.map((one) => textAt(one, 'name'));
}

/** Every build of a read model, as `v1.1 serves`. */
async function buildsOf(name: string): Promise<string[]> {
  const { code, answer } = await axion.cli('read-models', '--json');
  expect(code).toBe(0);
  const found = listOf(answer['readModels']).find((one) => one['name'] === name);
  return listOf(found?.['builds']).map(
    ({ version, build, serving, kept, state }) =>
      `v${shown(version)}.${shown(build)} ${serving ? 'serves' : kept ? 'kept' : shown(state)}`,
  );
}

async function replayed(): Promise<ReadonlyMap<string, JsonObject>> {
  const { code, answer, output } = await axion.cli('replay', '--check', '--json');
  expect([code, output]).toEqual([0, matching(/^\{"holds":true/)]);
  return new Map(listOf(answer['readModels']).map((one) => [textAt(one, 'readModel'), one]));
}

// One life of one platform: each test goes on where the one before ended.
describe('While the platform runs', () => {
  it(
    'a read model is rebuilt while it, and all others, go on being read',
    async () => {
      const before = await sourceNames();
      let ended = false;
      const rebuilding = axion.cli('rebuild', 'sources', '--json').finally(() => (ended = true));
      let reads = 0;
      while (!ended) {
        expect(await sourceNames()).toEqual(before);
        expect((await client.every(uploads, 10)).length).toBe(1);
        reads++;
      }
      expect(await rebuilding).toMatchObject({
        code: 0,
        answer: {
          rebuilt: [
            { readModel: 'sources', version: sourceList.version, build: 1, state: 'live', failure: null },
          ],
        },
      });
      expect(reads).toBeGreaterThan(3);
      expect(await sourceNames()).toEqual(before);
      const { output } = await axion.cli('read-models');
      expect(output).toMatch(new RegExp(`^sources ${sourcesAt} +kept`, 'm'));
      expect(output).toMatch(new RegExp(`^sources ${sourcesAt}\\.1 +serves`, 'm'));
      expect(output).toMatch(new RegExp(`^uploads ${uploadsAt} +serves`, 'm'));
      expect((await replayed()).get('sources')).toMatchObject({ build: 1, documents: 22, drift: [] });
    },
    generousMs,
  );

  it(
    'the build before is fed on, so going back shows what was written since',
    async () => {
      const { body } = await register('written-since');
      expect(await axion.cli('rollback', 'sources', '--json')).toMatchObject({
        code: 0,
        answer: { readModel: 'sources', serving: { version: sourceList.version, build: 0 } },
      });
      expect(await sourceNames(body['position'])).toContain('written-since');
      expect(await buildsOf('sources')).toEqual([`${sourcesAt}.0 serves`, `${sourcesAt}.1 kept`]);
      expect((await replayed()).get('sources')).toMatchObject({ build: 0, documents: 23 });
      const forward = await axion.cli('rollback', 'sources', `${sourcesAt}.1`);
      expect(forward).toMatchObject({ code: 0, output: `sources ${sourcesAt}.1 serves.\n` });
    },
    generousMs,
  );

  it(
    'a build that does not serve is removed for good; the one that serves is not',
    async () => {
      const [served, retired] = [
        await axion.cli('retire', 'sources', `${sourcesAt}.1`),
        await axion.cli('retire', 'sources', sourcesAt, '--json'),
      ];
      expect(served).toMatchObject({ code: 2, errors: matching(/serves/) });
      expect(retired).toMatchObject({
        code: 0,
        answer: { retired: { version: sourceList.version, build: 0 } },
      });
      expect(await buildsOf('sources')).toEqual([`${sourcesAt}.1 serves`]);
      expect(await axion.cli('rollback', 'sources')).toMatchObject({ code: 2, errors: matching(/sources/) });
      expect(await sourceNames()).toContain('written-since');
    },
    generousMs,
  );

  it(
    'the lag of every read model is told, in events and in seconds',
    async () => {
      const [table, json] = await Promise.all([axion.cli('lag'), axion.cli('lag', '--json')]);
      expect(table).toMatchObject({
        code: 0,
        output: matching(new RegExp(`^sources ${sourcesAt}\\.1 +live +\\d+ +[\\d.]+ +0 +\\d+$`, 'm')),
      });
      expect(table.output).toMatch(/^Read model +state +events behind +seconds behind +parked +applied to$/m);
      const listed = listOf(json.answer['readModels']);
      expect(listed.length).toBeGreaterThanOrEqual(10);
      for (const one of listed)
        expect(one).toMatchObject({
          state: 'live',
          serving: true,
          parked: 0,
          lanes: [{ lane: 0 }, { lane: 1 }],
        });
    },
    generousMs,
  );

  it(
    'nothing is parked, and no saga is under way, until something is',
    async () => {
      const [parked, json, sagas, unparked] = await Promise.all([
        axion.cli('parked'),
        axion.cli('parked', '--json'),
        axion.cli('sagas'),
        axion.cli('unpark', 'sources'),
      ]);
      expect(parked).toMatchObject({ code: 0, output: 'Nothing is parked.\n' });
      expect(json).toMatchObject({ code: 0, answer: { parked: [] } });
      expect(sagas).toMatchObject({ code: 0, output: 'No saga is under way.\n' });
      expect(unparked).toMatchObject({ code: 0, output: matching(/^sources +0 +0$/m) });
    },
    generousMs,
  );
});

describe('An event that nobody can apply', () => {
  let positions: readonly bigint[];
  /** What is parked, by read model and document. */
  const expected = (): object[] => [
    {
      readModel: 'sources',
      document: null,
      type: 'SourceRegistered',
      reason: matching(/version 99/),
      waiting: 0,
    },
    { readModel: 'sources', document: null, type: 'SourceRegistered', reason: matching(/finds no document/) },
    { readModel: 'settlements', document: null, type: 'SettlementOpened', reason: matching(/version 99/) },
    {
      readModel: 'settlements',
      document: `${client.workspace}/unheard-of`,
      type: 'SettlementOpened',
      position: String(positions[3]),
      reason: matching(/./),
      waiting: 1,
    },
  ];

  it(
    'is parked, and everything else goes on: other documents, other read models, sagas',
    async () => {
      const of = (category: string, id: string) => `${category}-${client.workspace}.${id}`;
      const settlementId = 'unheard-of';
      positions = await appendPoison(axion.stores.eventStoreUrl, [
        { stream: of('source', 'poison'), type: 'SourceRegistered', schema: 99, data: { name: 'poison' } },
        { stream: of('source', 'garbage'), type: 'SourceRegistered', schema: 1, data: { nothing: true } },
        { stream: of('settlement', 'poison'), type: 'SettlementOpened', schema: 99, data: { settlementId } },
        { stream: of('settlement', 'garbage'), type: 'SettlementOpened', schema: 1, data: { settlementId } },
        {
          stream: of('settlement', 'garbage'),
          type: 'SettlementInstructed',
          schema: 1,
          data: { settlementId },
        },
      ]);
      const { body } = await register('after-the-poison');
      expect(await sourceNames(body['position'])).toContain('after-the-poison');
      const other = await client.upload(
        { side: 'internal', source: 'axion-csv' },
        internalCsv({}, { trade_id: 'T2' }),
      );
      expect(await client.every(`${uploads}?after=${textAt(other.body, 'position')}`, 10)).toHaveLength(2);
    },
    generousMs,
  );

  it(
    'is listed with its reason, where it is and what waits behind it; the command ends with 1',
    async () => {
      const json = await until('all is parked', async () => {
        const found = await axion.cli('parked', '--json');
        return listOf(found.answer['parked']).length >= 4 ? found : undefined;
      });
      expect(json.code).toBe(1);
      for (const one of expected()) expect(json.answer['parked']).toContainEqual(containing(one));
      const table = await axion.cli('parked', 'sources');
      expect(table).toMatchObject({
        code: 1,
        output: matching(new RegExp(`^sources ${sourcesAt}\\.1 +cannot be told +SourceRegistered`, 'm')),
      });
      expect(table.output).not.toMatch(/settlements/);
    },
    generousMs,
  );

  it(
    'holds up no saga: what concerns it is parked by itself, and listed',
    async () => {
      const found = await until('the saga is parked', async () => {
        const listed = await axion.cli('sagas', '--json');
        return listOf(listed.answer['sagas']).some(({ status }) => status === 'parked') ? listed : undefined;
      });
      expect(found.code).toBe(1);
      expect(found.answer['sagas']).toContainEqual(
        containing({
          saga: 'settlement',
          instance: matching(/^stray:/),
          status: 'parked',
          reason: matching(/version 99/),
        }),
      );
    },
    generousMs,
  );

  it(
    'is no drift; but the links do not hold, and health says that of the log alone',
    async () => {
      const [replay, links] = await Promise.all([replayed(), axion.cli('verify', '--json')]);
      expect(replay.get('sources')).toMatchObject({ drift: [], parked: [{}, {}] });
      expect(replay.get('settlements')).toMatchObject({ drift: [], parked: [{}, {}] });
      expect(links).toMatchObject({ code: 1, answer: { holds: false } });
      const tampered = new Set(listOf(links.answer['violations']).map(({ stream }) => stream));
      expect([...tampered].every((stream) => /\.(poison|garbage)$/.test(shown(stream)))).toBe(true);
      expect(tampered.size).toBe(4);
      const { body } = await client.get('/health/ready');
      for (const reason of Array.isArray(body['reasons']) ? body['reasons'] : [])
        expect(reason).toMatch(/^the audit log is not sealed any more/);
    },
    generousMs,
  );

  it('is counted, and leaves no lag', async () => {
    const series = await metricsOf(axion.root);
    const parked = { read_model: 'settlements' };
    // The event that waits behind the parked one changed the same document once more.
    expect(sumOf(series, 'axion_projection_parked_total', parked)).toBeGreaterThanOrEqual(1);
    expect(sumOf(series, 'axion_projection_lag_events')).toBe(0);
    expect(sumOf(series, 'axion_projection_stuck')).toBe(0);
    expect(sumOf(series, 'axion_saga_stuck')).toBe(0);
    expect(sumOf(series, 'axion_saga_events_total', { event: 'SagaParked' })).toBeGreaterThanOrEqual(1);
  });

  it(
    'stays parked as long as the code cannot read it',
    async () => {
      const { code, answer } = await axion.cli('unpark', '--json');
      expect(code).toBe(1);
      expect(answer['unparked']).toContainEqual({ readModel: 'sources', applied: 0, stillParked: 2 });
      expect(answer['unparked']).toContainEqual({ readModel: 'settlements', applied: 0, stillParked: 2 });
      expect(answer['unparked']).toContainEqual({ readModel: 'uploads', applied: 0, stillParked: 0 });
      await replayed();
    },
    generousMs,
  );
});

describe('While nothing runs', () => {
  it(
    'the same commands work on the data directory',
    async () => {
      expect(await axion.stop()).toMatchObject({ code: 0 });
      expect(await axion.cli('parked', '--json')).toMatchObject({ code: 1 });
      expect(await axion.cli('unpark', 'settlements')).toMatchObject({ code: 1 });
      expect(await axion.cli('sagas', '--json')).toMatchObject({ code: 1 });
      const { answer } = await axion.cli('lag', '--json');
      for (const one of listOf(answer['readModels']))
        expect(one).toMatchObject({ state: 'live', serving: true });
    },
    generousMs,
  );

  it(
    'a rebuild is done by the command itself',
    async () => {
      const rebuilt = await axion.cli('rebuild', 'uploads');
      expect(rebuilt).toMatchObject({
        code: 0,
        output: matching(new RegExp(`^uploads ${uploadsAt}\\.1 +serves$`, 'm')),
      });
      expect(await axion.cli('rollback', 'uploads')).toMatchObject({
        code: 0,
        output: `uploads ${uploadsAt} serves.\n`,
      });
      expect(await axion.cli('retire', 'uploads', `${uploadsAt}.1`)).toMatchObject({ code: 0 });
    },
    generousMs,
  );

  it(
    'a rebuild stops at an event in history that it cannot apply, and says at which; what served, serves',
    async () => {
      const failed = await axion.cli('rebuild', 'sources', '--json');
      expect(failed.code).toBe(1);
      expect(failed.answer['rebuilt']).toEqual([
        containing({
          readModel: 'sources',
          build: 2,
          state: 'failed',
          failure: containing({ reason: matching(/version 99/) }),
        }),
      ]);
      expect(await buildsOf('sources')).toEqual([`${sourcesAt}.1 serves`, `${sourcesAt}.2 failed`]);
      await replayed();
    },
    generousMs,
  );
});

describe('Misuse of them', () => {
  const commands: readonly (readonly [parameters: readonly string[], says: RegExp])[] = [
    [['parked', 'nothing'], /no read model nothing/],
    [['unpark', 'nothing'], /no read model nothing/],
    [['rebuild', 'nothing'], /no read model nothing/],
    [['rebuild'], /read-model/],
    [['rollback', 'sources', 'first'], /v1 or v1\.2/],
    [['rollback', 'sources', 'v7'], /v7|no build/],
    [['retire', 'sources'], /build/],
    [['retire', 'sources', 'v1.9'], /no build/],
    [['sagas', 'all'], /too many arguments/],
  ];

  it(
    'ends with 2 and says what is wrong',
    async () => {
      for (const [parameters, says] of commands) {
        const { code, errors, output } = await axion.cli(...parameters);
        expect([parameters, code, errors, output]).toEqual([parameters, 2, matching(says), '']);
      }
    },
    generousMs,
  );

  it(
    'is helped by each of them',
    async () => {
      const names = ['read-models', 'parked', 'unpark', 'rebuild', 'rollback', 'retire', 'lag', 'sagas'];
      const ended = await Promise.all(names.map((name) => axion.cli(name, '--help')));
      for (const [index, name] of names.entries())
        expect(ended[index]).toMatchObject({
          code: 0,
          output: matching(new RegExp(`^Usage: axion ${name}`)),
        });
    },
    generousMs,
  );
});
