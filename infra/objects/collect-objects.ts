import { readdir, rename, rm, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing } from './durable-files.js';

const folderPattern = /^[0-9a-f]{2}$/;
const asideSuffix = '.aside';

/**
 * Removes objects that nothing names, and what was left half-written, once they are older than `youngestMs`
 * (milliseconds since 1970). Somebody may be storing the same bytes at this moment, which makes the object young
 * again (`FileObjectStore`): so it is taken out of sight first, looked at once more, and put back if it is young.
 *
 * @returns how many files were removed
 */
export async function collectObjects(
  directory: string,
  named: ReadonlySet<string>,
  youngestMs: number,
): Promise<number> {
  let removed = 0;
  const temporary = join(directory, 'temporary');
  for (const name of await namesIn(temporary))
    if (await isOlder(join(temporary, name), youngestMs)) {
      await rm(join(temporary, name), { recursive: true, force: true });
      removed++;
    }
  for (const folder of (await namesIn(directory)).filter((name) => folderPattern.test(name)))
    for (const name of await namesIn(join(directory, folder))) {
      const rest = name.replace(asideSuffix, '');
      const path = join(directory, folder, rest);
      // Whoever was killed between taking aside and looking once more left this behind.
      if (name !== rest) await rename(`${path}${asideSuffix}`, path);
      if (named.has(folder + rest) || !(await isOlder(path, youngestMs))) continue;
      if (await removeUnlessYoung(path, youngestMs)) removed++;
    }
  return removed;
}

async function removeUnlessYoung(path: string, youngestMs: number): Promise<boolean> {
  const aside = `${path}${asideSuffix}`;
  await rename(path, aside);
  if (await isOlder(aside, youngestMs)) {
    await unlink(aside);
    return true;
  }
  await rename(aside, path);
  return false;
}

async function isOlder(path: string, youngestMs: number): Promise<boolean> {
  return (await stat(path)).mtimeMs < youngestMs;
}

async function namesIn(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
