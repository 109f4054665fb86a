import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { JsonObject } from '../../domain/kernel/json.js';
import type { HttpClient } from './http-client.js';
import { listOf } from './openapi.js';
import { until } from './until.js';

/**
 * The trail of the client's workspace; one that is behind says so, and is asked again.
 *
 * @param query `&name=value…`
 */
export function trailOf(client: HttpClient, query = ''): Promise<JsonObject[]> {
  return until('the trail is whole', async () => {
    const { status, body, text } = await client.get(`/v1/audit/events?limit=1000${query}`);
    if (status === 200) return listOf(body['items']);
    if (body['code'] !== 'read-model.behind') throw new Error(text);
    return undefined;
  });
}

/** What the verifier in an export says of it, with nothing around it. */
export function verified(directory: string): JsonObject {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(directory, 'verify.mjs'), '--json'], {
    encoding: 'utf8',
    env: {},
  });
  if (stdout === '') throw new Error(stderr);
  return { code: status ?? -1, ...(JSON.parse(stdout) as JsonObject) };
}
