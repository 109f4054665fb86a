import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { edited, editsOf, type Mutant } from './mutant.js';

const compiled = fileURLToPath(new URL('../../', import.meta.url));
const sources = join(compiled, '..');
const folders = ['domain', 'infra', 'projections', 'simulation'];
const specifiedFolders = ['domain', 'infra', 'projections'];

/** The compiled program and its sources in a folder of their own, to be changed there. */
export class MutatedCopy {
  readonly root = mkdtempSync(join(tmpdir(), 'axion-controls-'));

  constructor(withSources: boolean) {
    for (const folder of folders) this.copy(join(compiled, folder), join('dist', folder));
    symlinkSync(join(sources, 'node_modules'), join(this.root, 'node_modules'));
    writeFileSync(join(this.root, 'package.json'), '{"type":"module"}');
    if (!withSources) return;
    for (const folder of specifiedFolders) this.copy(join(sources, folder), folder);
    const jest = readFileSync(join(sources, 'jest.config.js'), 'utf8');
    const roots = specifiedFolders.map((folder) => `'<rootDir>/${folder}'`);
    writeFileSync(
      join(this.root, 'jest.config.js'),
      jest.replace(/roots: \[[^\]]*\]/, `roots: [${roots.join()}]`),
    );
  }

  /** Makes a mutant for as long as `work` lasts. @throws RangeError when its places are not there */
  async as<Result>(mutant: Mutant, work: () => Promise<Result>): Promise<Result> {
    const before = new Map<string, string>();
    const folder = 'spec' in mutant ? this.root : join(this.root, 'dist');
    try {
      for (const edit of editsOf(mutant)) {
        const path = join(folder, edit.file);
        const source = readFileSync(path, 'utf8');
        if (!before.has(path)) before.set(path, source);
        writeFileSync(path, edited(source, edit));
      }
      return await work();
    } finally {
      for (const [path, source] of before) writeFileSync(path, source);
    }
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  private copy(from: string, to: string): void {
    cpSync(from, join(this.root, to), { recursive: true, filter: (path) => extname(path) !== '.map' });
  }
}
