import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The compiled program at a path below the project's root: also where a test runner reads the sources instead. */
export function compiled(path: string): string {
  return join(projectRoot(), 'dist', path);
}

/** The same of a program that users start, or that such a one starts: made into few files, it starts much sooner (ADR 14). */
export function bundled(path: string): string {
  return compiled(join('programs', path));
}

export function projectRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    if (folder === dirname(folder)) throw new Error('package.json is not to be found above this program');
    folder = dirname(folder);
  }
  return folder;
}
