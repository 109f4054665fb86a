import { isJsonObject, type JsonObject } from '../../domain/kernel/json.js';
import { textAt, type HttpClient, type Reply } from './http-client.js';
import { completedRun, internalCsv, requestRun, uploadId, type Side } from './sample.js';
import { until } from './until.js';

export const breaksPath = '/v1/reconciliation/breaks';
/** Generous: specifications share their machine. */
export const withinMs = 60_000;

export type TradeRow = Readonly<Record<string, string>>;

/** A file of the built-in source, uploaded. @returns the upload's id */
export function uploaded(client: HttpClient, side: Side, ...rows: readonly TradeRow[]): Promise<string> {
  return uploadId(client.upload({ side, source: 'axion-csv' }, internalCsv(...rows)));
}

/** A run over uploads, once it is completed. */
export async function runOver(
  client: HttpClient,
  tradeDate: string,
  uploads: Readonly<Record<Side, readonly string[]>>,
  terms: JsonObject = {},
): Promise<JsonObject> {
  return completedRun(client, await requestRun(client, uploads, { tradeDate, tolerances: {}, ...terms }));
}

/** The breaks that a filter of the list finds. */
export function breaksWhere(client: HttpClient, filter: string): Promise<JsonObject[]> {
  return client.every(`${breaksPath}?${filter}`, 100);
}

export function breakOf(client: HttpClient, id: string): Promise<JsonObject> {
  return client.get(`${breaksPath}/${id}`).then(({ status, body, text }) => {
    if (status !== 200) throw new Error(text);
    return body;
  });
}

/** A break once it is in a state. */
export function breakIn(client: HttpClient, id: string, state: string): Promise<JsonObject> {
  return until(
    `${id} is ${state}`,
    async () => {
      const found = await breakOf(client, id);
      return found['state'] === state ? found : undefined;
    },
    withinMs,
  );
}

/** A bulk, once it is worked off. @throws Error when it was refused, or failed */
export async function workedOff(client: HttpClient, reply: Promise<Reply>): Promise<JsonObject> {
  const { status, body, text } = await reply;
  if (status !== 202) throw new Error(text);
  return bulkOf(client, textAt(body, 'bulkId'));
}

export function bulkOf(client: HttpClient, bulkId: string): Promise<JsonObject> {
  return until(
    `the bulk ${bulkId} is worked off`,
    async () => {
      const { status, body, text } = await client.get(`${breaksPath}/bulk/${bulkId}`);
      if (status === 404) return undefined;
      if (status !== 200 || body['status'] === 'failed') throw new Error(text);
      return body['status'] === 'completed' ? body : undefined;
    },
    withinMs,
  );
}

export interface Issued {
  readonly reportId: string;
  readonly asOf: JsonObject;
  readonly json: string;
  readonly csv: string;
  readonly content: JsonObject;
  readonly listed: JsonObject;
}

/** A report, once it is issued, byte for byte. */
export async function issuedReport(client: HttpClient, terms: JsonObject): Promise<Issued> {
  const { status, body, text } = await client.post('/v1/reconciliation/reports', terms);
  if (status !== 202 || !isJsonObject(body['asOf'])) throw new Error(text);
  const reportId = textAt(body, 'reportId');
  const path = `/v1/reconciliation/reports/${reportId}`;
  const listed = await until(
    'the report is issued',
    async () => {
      const found = await client.get(path);
      if (found.body['status'] === 'failed') throw new Error(found.text);
      return found.body['status'] === 'issued' ? found.body : undefined;
    },
    withinMs,
  );
  const json = await client.get(`${path}?format=json`);
  const csv = await client.get(`${path}?format=csv`);
  return { reportId, asOf: body['asOf'], json: json.text, csv: csv.text, content: json.body, listed };
}
