import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { isJsonObject, type JsonObject } from '../domain/kernel/json.js';
import { newWorkspace } from './harness/axion.js';
import { GroupMemory } from '../bench/kit/group-memory.js';
import { textAt, type HttpClient } from './harness/http-client.js';
import { RunningAxion } from './harness/running-axion.js';
import { until } from './harness/until.js';

/** A normal day; fewer where the machine is to be spared. */
const rows = Number(process.env['AXION_SCENARIO_ROWS'] ?? 1_000_000);
const mostMiB = 2048;
const axion = new RunningAxion();
let desk: HttpClient;
beforeAll(async () => {
  await axion.start();
  desk = await newWorkspace(axion.root);
}, 120_000);
afterAll(() => axion.remove());

const path = '/v1/reconciliation/uploads?side=internal&source=axion-csv';
const columns =
  'trade_id,account,symbol,side,quantity,price,currency,trade_time,settlement_date,counterparty,fees';

/** The file, piece by piece. */
function* pieces(): Iterable<string> {
  let piece = `${columns}\n`;
  for (let row = 0; row < rows; row++) {
    const price = (100 + (row % 997) / 100).toFixed(2);
    piece += `T${row},FUND-${row % 50},SYM${row % 500},buy,${1 + (row % 900)},${price},USD,2024-06-12T14:00:00Z,2024-06-13,CITI,1\n`;
    if (piece.length < 65_536) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}

/** Sends the file as a client on a bad line does: a piece, a rest, and another piece once there is room for it. */
async function send(stopAfter = Number.POSITIVE_INFINITY): Promise<{ status: number; body: JsonObject }> {
  const sent = request(`${desk.url}${path}`, {
    method: 'POST',
    headers: { ...desk.credentials, 'content-type': 'text/csv', 'transfer-encoding': 'chunked' },
  });
  const answered = once(sent, 'response') as Promise<[IncomingMessage]>;
  answered.catch(() => undefined);
  let count = 0;
  for (const piece of pieces()) {
    if (count++ >= stopAfter) {
      sent.destroy();
      return { status: 0, body: {} };
    }
    await written(sent, piece);
  }
  sent.end();
  const [answer] = await answered;
  let text = '';
  for await (const chunk of answer) text += String(chunk);
  const body: unknown = JSON.parse(text);
  return { status: answer.statusCode ?? 0, body: isJsonObject(body) ? body : {} };
}

async function written(sent: ClientRequest, piece: string): Promise<void> {
  if (!sent.write(piece)) await once(sent, 'drain');
  await new Promise((resume) => setImmediate(resume));
}

const temporaryFiles = (): string[] => readdirSync(join(axion.data, 'objects', 'temporary'));

describe(`An upload of ${rows} rows`, () => {
  it(
    'sent twice at once, while a third one breaks off, is one upload, whole, in bounded memory',
    async () => {
      const memory = new GroupMemory(axion.running.group);
      const [first, second, cut] = await Promise.all([send(), send(), send(5)]);
      const peakMiB = memory.stop();
      expect(first).toMatchObject({ status: 201, body: { rows, accepted: rows, rejected: 0 } });
      expect(second).toMatchObject({ status: 201, body: { rows, accepted: rows, rejected: 0 } });
      expect(second.body['uploadId']).toBe(first.body['uploadId']);
      expect(cut.status).toBe(0);
      expect(await desk.every('/v1/reconciliation/uploads', 10)).toMatchObject([
        { uploadId: first.body['uploadId'], rows },
      ]);
      expect(peakMiB).toBeLessThan(mostMiB);
    },
    15 * 60_000,
  );

  it(
    'sent again is the same upload still',
    async () => {
      const again = await send();
      const [only] = await desk.every('/v1/reconciliation/uploads', 10);
      expect(again).toMatchObject({ status: 201, body: { uploadId: textAt(only!, 'uploadId'), rows } });
    },
    15 * 60_000,
  );

  it('leaves nothing temporary, and all that holds', async () => {
    await until('what broke off is gone', () => temporaryFiles().length === 0 || undefined);
    await axion.expectItHolds();
  });
});
