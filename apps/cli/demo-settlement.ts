import { pause } from '../../infra/system/pause.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../domain/kernel/json.js';
import { RequestFailed, type Client } from './client.js';
import { table } from './terminal.js';

/** What became of the settlements of a run. */
export interface SettlementReport {
  /** What was affirmed has settled, and nothing else; what failed is a settlement break. */
  readonly holds: boolean;
  readonly settlements: number;
  readonly settled: number;
  readonly failed: number;
  /** Of those that failed, a part settled before. */
  readonly partlySettled: number;
  readonly breaks: number;
  readonly examples: readonly JsonObject[];
}

/** So many are affirmed as a whole, and so many as to the half; the rest is left to fail. */
const affirmedWhole = 30;
const affirmedHalf = 10;
const withinMs = 60_000;
const path = '/v1/reconciliation/settlements';

export async function setClock(client: Client, to: string): Promise<void> {
  await client.post('/v1/engine/clock', { to });
}

/**
 * Affirms some of a run's settlements, goes to their date and past their cut-off, and looks what became of them. The
 * clock stands on the trade date when it begins.
 */
export async function settleRun(
  client: Client,
  runId: string,
  say: (line: string) => void,
): Promise<SettlementReport> {
  const netting = await until('the run is netted', async () => {
    const run = await client.get(`/v1/reconciliation/runs/${runId}`);
    return isJsonObject(run['netting']) && run['netting']['status'] !== 'requested'
      ? run['netting']
      : undefined;
  });
  if (netting['status'] !== 'completed') throw new RequestFailed(`not netted: ${textOf(netting['reason'])}`);
  const count = Number(netting['settlements']);
  const instructed = await until('all are instructed', async () => {
    const found = await every(client, `${path}?run=${runId}&state=instructed`);
    return found.length === count ? found : undefined;
  });
  const whole = instructed.slice(0, affirmedWhole);
  const half = instructed.slice(affirmedWhole, affirmedWhole + affirmedHalf);
  await Promise.all([
    ...whole.map((one) => affirm(client, one, quantityOf(one))),
    ...half.map((one) => affirm(client, one, halfOf(quantityOf(one)))),
  ]);
  say(`Netted into ${count} settlements; affirmed ${whole.length} of them, and ${half.length} by half.`);

  const [first] = instructed;
  await setClock(client, textOf(first?.['opensAt']));
  await noneIs(client, runId, 'affirmed');
  say(`Went to the settlement date, ${textOf(first?.['settlementDate'])}: what was affirmed has settled.`);

  await setClock(client, textOf(first?.['cutOffAt']));
  await noneIs(client, runId, 'instructed', 'partiallySettled');
  const failed = await every(client, `${path}?run=${runId}&state=failed`);
  say(`Went to the cut-off, ${textOf(first?.['cutOffAt'])}: the rest has failed.`);
  const breaks = await until('every failure is a settlement break', async () => {
    const found = await every(client, `/v1/reconciliation/settlement-breaks?run=${runId}`);
    return found.length === failed.length ? found : undefined;
  });
  const ids = (list: readonly JsonObject[]): string => list.map((one) => textOf(one['settlementId'])).join();
  const settled = await every(client, `${path}?run=${runId}&state=settled`);
  const partly = failed.filter((one) => one['settledQuantity'] !== '0');
  return {
    holds: ids(settled) === ids(whole) && ids(partly) === ids(half) && ids(breaks) === ids(failed),
    settlements: count,
    settled: settled.length,
    failed: failed.length,
    partlySettled: partly.length,
    breaks: breaks.length,
    examples: [...settled.slice(0, 2), ...partly.slice(0, 2), ...failed.slice(-2)],
  };
}

export function describeSettlement(report: SettlementReport): string {
  const column = (name: string) => (one: JsonObject) => textOf(one[name]);
  const columns = [
    'account',
    'counterparty',
    'symbol',
    'netQuantity',
    'settledQuantity',
    'failedQuantity',
    'state',
  ];
  return [
    table([
      ['Settlements', 'count'],
      ['settled', report.settled],
      ['failed in part', report.partlySettled],
      ['failed as a whole', report.failed - report.partlySettled],
    ]),
    '',
    'Some of them:',
    table([
      ['account', 'counterparty', 'symbol', 'net', 'settled', 'failed', 'state'],
      ...report.examples.map((one) => columns.map((name) => column(name)(one))),
    ]),
  ].join('\n');
}

/** Until no settlement of a run is in any of these states. */
async function noneIs(client: Client, runId: string, ...states: readonly string[]): Promise<void> {
  for (const state of states)
    await until(`no settlement is ${state}`, async () => {
      const { items } = await client.get(`${path}?run=${runId}&state=${state}&limit=1`);
      return Array.isArray(items) && items.length === 0 ? true : undefined;
    });
}

function affirm(client: Client, settlement: JsonObject, quantity: string): Promise<JsonObject> {
  return client.post(`${path}/${textOf(settlement['settlementId'])}/affirm`, { quantity });
}

function quantityOf(settlement: JsonObject): string {
  return textOf(settlement['openQuantity']);
}

/** The sample trades whole shares, so that the half of an odd number ends in a half. */
function halfOf(quantity: string): string {
  return String(Number(quantity) / 2);
}

async function every(client: Client, list: string): Promise<JsonObject[]> {
  const found: JsonObject[] = [];
  let cursor = '';
  for (;;) {
    const { items, next } = await client.get(`${list}&limit=1000${cursor}`);
    if (Array.isArray(items)) found.push(...items.filter(isJsonObject));
    if (typeof next !== 'string') return found;
    cursor = `&cursor=${encodeURIComponent(next)}`;
  }
}

async function until<Found>(what: string, look: () => Promise<Found | undefined>): Promise<Found> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new RequestFailed(`waited a minute in vain: ${what}`);
    await pause(250);
  }
}

export function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}
