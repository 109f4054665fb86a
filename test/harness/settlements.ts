import type { JsonObject } from '../../domain/kernel/json.js';
import { textAt, type HttpClient, type Reply } from './http-client.js';
import { internalCsv, requestRun, uploadId } from './sample.js';
import { until } from './until.js';

export const settlementsPath = '/v1/reconciliation/settlements';

const terms = { tradeDate: '2024-06-12', settlementDate: '2024-06-13' } as const;
/** Generous: specifications share their machine. */
const withinMs = 60_000;

/** Of the settlements made here, by the calendar of the exchanges in New York. */
export const times = {
  tradeDateEvening: '2024-06-12T21:30:00.000Z',
  opensAt: '2024-06-13T04:00:00.000Z',
  cutOffAt: '2024-06-13T19:10:00.000Z',
  dayAfter: '2024-06-14T12:00:00.000Z',
} as const;

/** So many shares in each. */
export const quantity = 1_000_000;

/**
 * Two books that agree, and a run that settles them: a settlement for each of `count` accounts, instructed.
 *
 * @returns the run's id, and the settlements' in the order of the accounts
 */
export async function settlementsOf(
  client: HttpClient,
  count: number,
): Promise<{ readonly runId: string; readonly ids: readonly string[] }> {
  const book = internalCsv(
    ...Array.from({ length: count }, (_none, index) => ({
      trade_id: `T${index}`,
      account: `FUND-${String(index).padStart(4, '0')}`,
      quantity: String(quantity),
      settlement_date: terms.settlementDate,
    })),
  );
  const uploads = { internal: [''], broker: [''] };
  for (const side of ['internal', 'broker'] as const)
    uploads[side] = [await uploadId(client.upload({ side, source: 'axion-csv' }, book))];
  const runId = await requestRun(client, uploads, { tradeDate: terms.tradeDate, settle: true });
  const found = await until(
    'every settlement is instructed',
    async () => {
      const { status, text, body } = await client.get(`/v1/reconciliation/runs/${runId}`);
      // A read model may be far behind.
      if (status === 404) return undefined;
      if (status !== 200 || body['status'] === 'failed') throw new Error(text);
      const all = await client.every(`${settlementsPath}?run=${runId}`, 1000);
      return all.length === count && all.every((one) => 'instructedAt' in one) ? all : undefined;
    },
    withinMs,
  );
  return { runId, ids: found.map((one) => textAt(one, 'settlementId')) };
}

export function affirm(
  client: HttpClient,
  id: string,
  shares: number,
  { key, signal }: { readonly key?: string; readonly signal?: AbortSignal } = {},
): Promise<Reply> {
  return client.ask(`${settlementsPath}/${id}/affirm`, {
    method: 'POST',
    json: { quantity: String(shares) },
    ...(key !== undefined && { headers: { 'idempotency-key': key } }),
    ...(signal && { signal }),
  });
}

/** The settlements of a run by their ids, once each `isSo`. */
export function settlementsThat(
  client: HttpClient,
  runId: string,
  what: string,
  isSo: (settlement: JsonObject) => boolean,
): Promise<ReadonlyMap<string, JsonObject>> {
  return until(
    `every settlement of ${runId} ${what}`,
    async () => {
      const all = await client.every(`${settlementsPath}?run=${runId}`, 1000);
      if (!all.every(isSo)) return undefined;
      return new Map(all.map((one) => [textAt(one, 'settlementId'), one]));
    },
    withinMs,
  );
}

export async function setClock(root: HttpClient, to: string): Promise<void> {
  const { status, text } = await root.post('/v1/engine/clock', { to });
  if (status !== 201) throw new Error(`the clock is not set: ${text}`);
}
