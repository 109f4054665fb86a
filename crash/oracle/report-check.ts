import { createHash } from 'node:crypto';
import type { ObjectStore } from '../../domain/kernel/ports/object-store.js';
import type { Census } from './census.js';
import { objectOf, textOf } from './effects.js';
import type { Violations } from './violations.js';

/** The bytes of every report that was issued are there, and are those that its event names. */
export async function checkReports(
  census: Census,
  objects: Pick<ObjectStore, 'get'>,
  violations: Violations,
): Promise<void> {
  for (const [stream, events] of census.category('report'))
    for (const { data } of events.filter(({ type }) => type === 'ReportIssued'))
      for (const format of ['json', 'csv']) {
        const { sha256, bytes } = objectOf(data[format]);
        const kept = await read(objects, textOf(sha256));
        if (kept?.sha256 !== sha256 || kept?.bytes !== bytes)
          violations.add('lost', `${stream}: its ${format} is not what was issued`);
      }
}

async function read(objects: Pick<ObjectStore, 'get'>, name: string) {
  const digest = createHash('sha256');
  let bytes = 0;
  try {
    for await (const chunk of objects.get(name)) {
      digest.update(chunk);
      bytes += chunk.byteLength;
    }
  } catch {
    return undefined;
  }
  return { sha256: digest.digest('hex'), bytes };
}
