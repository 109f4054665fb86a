import { readFileSync } from 'node:fs';
import type { JsonObject } from '../../domain/kernel/json.js';
import { textAt, type HttpClient, type Reply } from './http-client.js';
import { until } from './until.js';

interface Truth {
  readonly tradeDate: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly ids: Readonly<Record<string, readonly string[]>>;
  readonly tolerances: { readonly priceBps: number; readonly seconds: number };
}

const folder = new URL('../data/sample/', import.meta.url);
const textOf = (name: string): string => readFileSync(new URL(name, folder), 'utf8');

export const truth = JSON.parse(textOf('truth.json')) as Truth;
export const brokerProfile = JSON.parse(textOf('profile.json')) as JsonObject;

export const sides = ['internal', 'broker'] as const;
export type Side = (typeof sides)[number];
export const files: Readonly<Record<Side, string>> = {
  internal: textOf('internal.csv'),
  broker: textOf('broker.csv'),
};
export const sourceOf: Readonly<Record<Side, string>> = { internal: 'axion-csv', broker: 'broker-csv' };

/** What a run over the sample must count. */
export function trueCounts(): JsonObject {
  const { counts } = truth;
  const of = (name: string): number => counts[name]!;
  return {
    internal: of('internal_rows'),
    broker: of('broker_rows'),
    otherDates: { internal: 0, broker: 0 },
    matched: { exact: of('exact'), tolerance: of('tolerance'), group: of('group') },
    breaks: {
      missingAtBroker: of('missing_at_broker'),
      missingInternal: of('missing_internal'),
      price: of('price_break'),
      quantity: of('quantity_break'),
      side: of('side_break'),
      settlementDate: of('settlement_date_break'),
      currency: of('currency_break'),
      tradeDate: 0,
      fees: 0,
      duplicate: of('duplicate_at_broker'),
    },
  };
}

/** A small file of the built-in source: fields that are not given are those of an ordinary trade. */
export function internalCsv(...rows: readonly Readonly<Record<string, string>>[]): string {
  const ordinary = {
    trade_id: 'T1',
    account: 'FUND-1',
    symbol: 'AAPL',
    side: 'buy',
    quantity: '100',
    price: '189.5',
    currency: 'USD',
    trade_time: '2024-06-12T14:00:00Z',
    settlement_date: '2024-06-13',
    counterparty: 'JPMS',
    fees: '1.5',
  };
  const lines = rows.map((row) => Object.values({ ...ordinary, ...row }).join(','));
  return [Object.keys(ordinary).join(','), ...lines, ''].join('\n');
}

const rowsOf = (file: string): string[] => file.trimEnd().split(/\r?\n/);

/** The header and every second row, and the header and the others. */
export function inHalves(file: string): readonly [string, string] {
  const [header = '', ...rows] = rowsOf(file);
  const half = (odd: number): string =>
    [header, ...rows.filter((_row, at) => at % 2 === odd), ''].join('\r\n');
  return [half(0), half(1)];
}

/** The same rows in another order, the same one for the same seed. */
export function shuffled(file: string, seed: number): string {
  const [header = '', ...rows] = rowsOf(file);
  let state = seed;
  for (let last = rows.length - 1; last > 0; last--) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    const other = Math.floor((state / 2_147_483_648) * (last + 1));
    [rows[last], rows[other]] = [rows[other]!, rows[last]!];
  }
  return [header, ...rows, ''].join('\r\n');
}

export async function uploadId(reply: Promise<Reply>): Promise<string> {
  const { status, text, body } = await reply;
  if (status !== 201) throw new Error(`not uploaded: ${text}`);
  return textAt(body, 'uploadId');
}

/** Asks for a run by the sample's terms. */
export async function requestRun(
  client: HttpClient,
  uploads: Readonly<Record<Side, readonly string[]>>,
  terms: JsonObject = {},
): Promise<string> {
  const { tradeDate, tolerances } = truth;
  const { status, text, body } = await client.post('/v1/reconciliation/runs', {
    tradeDate,
    tolerances,
    internal: [...uploads.internal],
    broker: [...uploads.broker],
    ...terms,
  });
  if (status !== 202) throw new Error(`no run was accepted: ${text}`);
  return textAt(body, 'runId');
}

/** The run once it is completed. @throws Error when it fails */
export function completedRun(client: HttpClient, runId: string): Promise<JsonObject> {
  return until('the run is completed', async () => {
    const { status, body, text } = await client.get(`/v1/reconciliation/runs/${runId}`);
    if (status !== 200 || body['status'] === 'failed') throw new Error(text);
    return body['status'] === 'completed' ? body : undefined;
  });
}
