import { randomBytes, hash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LinkReport } from '../../infra/audit/verify-links.js';
import type { ReplayReport } from '../../infra/engine/projections/replay-check.js';
import { pause } from '../../infra/system/pause.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../domain/kernel/json.js';
import { projectRoot } from '../config/compiled.js';
import { readConfiguration } from '../config/configuration.js';
import { projections } from '../config/contexts.js';
import { newLogger } from '../config/logger.js';
import { supervise } from '../standalone/supervisor.js';
import { Client, RequestFailed } from './client.js';
import { describeSettlement, setClock, settleRun, textOf, type SettlementReport } from './demo-settlement.js';
import { exitCodes } from './exit-codes.js';
import { describeReplay, replayStores } from './replay.js';
import { withUrls } from './stores.js';
import { print, table } from './terminal.js';
import { describeLinks, verifyStores } from './verify.js';

const sample = join(projectRoot(), 'test', 'data', 'sample');
const runWithinMs = 60_000;
/** An hour and a half after the exchanges close on the sample's trade date. */
const evening = 'T21:30:00.000Z';

/** The main job on the sample, from an empty directory to settlements and a checked report. */
export async function demo({ json }: { readonly json: boolean }): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), 'axion-demo-'));
  const key = randomBytes(24).toString('hex');
  const configuration = {
    ...readConfiguration({
      AXION_DATA: directory,
      PORT: '0',
      AXION_LOG_LEVEL: 'error',
      AXION_CLOCK: 'manual',
    }),
    bootstrapKeyHash: hash('sha256', key),
  };
  const say = (line: string): void => {
    if (!json) print(line);
  };
  say(`Starting Axion in ${directory} …`);
  const supervisor = await supervise(configuration, newLogger(configuration, 'demo'));
  try {
    const client = new Client(supervisor.url, key, 'demo');
    const report = await reconcileSample(client, say);
    const settlement = await settleRun(client, textOf(report['runId']), say);
    const { links, replay } = await withUrls(configuration, supervisor.urls, async (stores) => ({
      links: await verifyStores(stores),
      replay: await replayStores(stores, projections),
    }));
    const holds =
      isTruth(report) &&
      settlement.holds &&
      links.violations.length === 0 &&
      replay.every(({ drift }) => drift.length === 0);
    print(
      json
        ? JSON.stringify({ holds, report, settlement, links, replay })
        : describe(report, settlement, links, replay, holds),
    );
    return holds ? exitCodes.holds : exitCodes.violated;
  } finally {
    await supervisor.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function reconcileSample(client: Client, say: (line: string) => void): Promise<JsonObject> {
  const { tolerances, tradeDate } = readJson('truth.json');
  await setClock(client, `${textOf(tradeDate)}${evening}`);
  await client.post('/v1/tenancy/workspaces', { id: 'demo', name: 'Demonstration' });
  await client.post('/v1/reconciliation/sources', readJson('profile.json'));
  const uploadIds: string[] = [];
  for (const [side, source] of [
    ['internal', 'axion-csv'],
    ['broker', 'broker-csv'],
  ] as const) {
    const upload = await client.upload(
      `/v1/reconciliation/uploads?side=${side}&source=${source}`,
      join(sample, `${side}.csv`),
    );
    say(`Uploaded ${side}.csv: ${textOf(upload['rows'])} rows, ${textOf(upload['rejected'])} rejected.`);
    uploadIds.push(textOf(upload['uploadId']));
  }
  const [internal = '', broker = ''] = uploadIds;
  const terms = {
    tradeDate: tradeDate ?? null,
    internal: [internal],
    broker: [broker],
    tolerances: tolerances ?? {},
    settle: true,
  };
  const { runId } = await client.post('/v1/reconciliation/runs', terms);
  const path = `/v1/reconciliation/runs/${textOf(runId)}`;
  const deadline = Date.now() + runWithinMs;
  for (;;) {
    const { status, reason } = await client.get(path);
    if (status === 'completed') return client.get(`${path}/report`);
    if (status === 'failed') throw new RequestFailed(`the run failed: ${textOf(reason)}`);
    if (Date.now() > deadline) throw new RequestFailed('the run is not completed after a minute');
    await pause(100);
  }
}

/** What the sample was made to contain, in the words of a run's counts. */
function isTruth({ counts }: JsonObject): boolean {
  const { counts: truth } = readJson('truth.json');
  if (!isJsonObject(counts) || !isJsonObject(truth)) return false;
  const { matched, breaks } = counts;
  if (!isJsonObject(matched) || !isJsonObject(breaks)) return false;
  const pairs: readonly (readonly [JsonValue | undefined, string])[] = [
    [counts['internal'], 'internal_rows'],
    [counts['broker'], 'broker_rows'],
    [matched['exact'], 'exact'],
    [matched['tolerance'], 'tolerance'],
    [matched['group'], 'group'],
    [breaks['price'], 'price_break'],
    [breaks['quantity'], 'quantity_break'],
    [breaks['side'], 'side_break'],
    [breaks['settlementDate'], 'settlement_date_break'],
    [breaks['currency'], 'currency_break'],
    [breaks['missingAtBroker'], 'missing_at_broker'],
    [breaks['missingInternal'], 'missing_internal'],
    [breaks['duplicate'], 'duplicate_at_broker'],
  ];
  return pairs.every(([found, name]) => found === truth[name]);
}

function describe(
  report: JsonObject,
  settlement: SettlementReport,
  links: LinkReport,
  replay: readonly ReplayReport[],
  holds: boolean,
): string {
  const rows = (group: JsonValue | undefined): (readonly (string | number)[])[] =>
    isJsonObject(group) ? Object.entries(group).map(([name, count]) => [name, Number(count)]) : [];
  const counts = isJsonObject(report['counts']) ? report['counts'] : {};
  const rate = (Number(report['matchRate']) * 100).toFixed(2);
  return [
    '',
    `Reconciliation of ${textOf(report['tradeDate'])}: ${rate} % of the records match`,
    '',
    table([
      ['Records', 'count'],
      ['internal', Number(counts['internal'])],
      ['broker', Number(counts['broker'])],
    ]),
    '',
    table([['Matches', 'count'], ...rows(counts['matched'])]),
    '',
    table([['Breaks', 'count'], ...rows(counts['breaks'])]),
    '',
    describeSettlement(settlement),
    '',
    describeLinks(links),
    '',
    describeReplay(replay),
    '',
    holds ? 'All of it holds.' : 'NOT ALL OF IT HOLDS.',
  ].join('\n');
}

function readJson(file: string): JsonObject {
  const content: unknown = JSON.parse(readFileSync(join(sample, file), 'utf8'));
  if (!isJsonObject(content)) throw new RangeError(`${file} holds no object`);
  return content;
}
