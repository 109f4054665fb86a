import { isJsonObject, type JsonObject } from '../../domain/kernel/json.js';
import type { Client } from '../../apps/cli/client.js';
import { pause } from '../../infra/system/pause.js';
import { GroupMemory } from '../kit/group-memory.js';
import { tolerances, tradeDate, type Books } from './books.js';
import { RunningPlatform } from './running-platform.js';

export interface Day {
  /** From the first byte of the uploads to the last of the report. */
  readonly seconds: number;
  readonly importSeconds: number;
  /** From the request of the run until its results can be read. */
  readonly runSeconds: number;
  readonly reportSeconds: number;
  /** Of all processes together. */
  readonly peakMiB: number;
  readonly correct: boolean;
}

const path = '/v1/reconciliation';

/** A whole day on an empty platform: both files in, compared, and its report read. */
export async function playDay(books: Books): Promise<Day> {
  const platform = await RunningPlatform.start();
  const memory = new GroupMemory(platform.group);
  try {
    const { client } = platform;
    const started = performance.now();
    const [internal, broker] = await Promise.all([
      upload(client, 'internal', books.internal),
      upload(client, 'broker', books.broker),
    ]);
    const imported = performance.now();
    const accepted = await client.post(`${path}/runs`, {
      tradeDate,
      internal: [internal],
      broker: [broker],
      tolerances,
    });
    const runId = textAt(accepted, 'runId');
    const run = await completed(client, runId);
    const compared = performance.now();
    const report = await client.get(`${path}/runs/${runId}/report`);
    const ended = performance.now();
    return {
      seconds: (ended - started) / 1000,
      importSeconds: (imported - started) / 1000,
      runSeconds: (compared - imported) / 1000,
      reportSeconds: (ended - compared) / 1000,
      peakMiB: memory.peakMiB,
      correct: isAsExpected(books, run, report),
    };
  } finally {
    memory.stop();
    await platform.stop();
  }
}

async function upload(client: Client, side: string, file: string): Promise<string> {
  return textAt(await client.upload(`${path}/uploads?side=${side}&source=axion-csv`, file), 'uploadId');
}

/** With its breaks, which come before the completion. @throws Error when the run fails */
async function completed(client: Client, runId: string): Promise<JsonObject> {
  for (;;) {
    const run = await client.get(`${path}/runs/${runId}`);
    if (run['status'] === 'completed') return run;
    if (run['status'] === 'failed') throw new Error(`the run failed: ${JSON.stringify(run['reason'])}`);
    await pause(50);
  }
}

function isAsExpected({ expected }: Books, run: JsonObject, report: JsonObject): boolean {
  const counts = objectAt(run, 'counts');
  const matched = objectAt(counts, 'matched');
  const breaks = objectAt(counts, 'breaks');
  const listed = report['breaks'];
  const found = {
    internal: counts['internal'],
    broker: counts['broker'],
    exact: matched['exact'],
    tolerance: matched['tolerance'],
    price: breaks['price'],
    missingAtBroker: breaks['missingAtBroker'],
    listed: Array.isArray(listed) ? listed.length : 0,
  };
  const wanted = { ...expected, listed: expected.price + expected.missingAtBroker };
  if (JSON.stringify(found) === JSON.stringify(wanted)) return true;
  process.stderr.write(`found ${JSON.stringify(found)}\nnot   ${JSON.stringify(wanted)}\n`);
  return false;
}

function textAt(object: JsonObject, name: string): string {
  const found = object[name];
  if (typeof found !== 'string') throw new Error(`no ${name} in ${JSON.stringify(object)}`);
  return found;
}

function objectAt(object: JsonObject, name: string): JsonObject {
  const found = object[name];
  return isJsonObject(found) ? found : {};
}
