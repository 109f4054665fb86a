import { collectObjects } from '../../infra/objects/collect-objects.js';
import { pause } from '../../infra/system/pause.js';
import { objectsDirectoryOf } from '../config/data-directories.js';
import type { Platform } from '../config/platform.js';

const dayMs = 24 * 60 * 60 * 1000;
const sha256Pattern = /"([0-9a-f]{64})"/g;

/** Once a day, removes the objects that no event names: uploads that were refused, work that was done twice. */
export async function collectDaily(
  { log, configuration, logger }: Platform,
  stop: AbortSignal,
): Promise<void> {
  // Not at once: a start has more urgent things to read.
  await pause(dayMs / 24, stop);
  while (!stop.aborted) {
    try {
      const youngestMs = Date.now() - dayMs;
      const named = new Set<string>();
      // A job's input is in the event that asked for it, so what open jobs need is named as well.
      for await (const { data } of log.readAll())
        for (const [, sha256 = ''] of JSON.stringify(data).matchAll(sha256Pattern)) named.add(sha256);
      const removed = await collectObjects(objectsDirectoryOf(configuration), named, youngestMs);
      if (removed > 0) logger.info({ removed }, 'objects that nothing names were removed');
    } catch (error) {
      logger.warn({ err: error }, 'objects could not be collected; it is tried again tomorrow');
    }
    await pause(dayMs, stop);
  }
}
