import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codeOf } from '../../../domain/kernel/errors.js';
import { tarOf } from './tar.js';

const root = mkdtempSync(join(tmpdir(), 'axion-tar-'));
afterAll(() => rmSync(root, { recursive: true }));

async function bytesOf(directory: string, folder: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of tarOf(directory, folder)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function folderOf(name: string, files: Readonly<Record<string, Buffer>>): string {
  const directory = join(root, name);
  mkdirSync(directory);
  for (const [file, bytes] of Object.entries(files)) writeFileSync(join(directory, file), bytes);
  return directory;
}

describe('a tar file', () => {
  const files = {
    empty: Buffer.alloc(0),
    short: Buffer.from('one line\n'),
    block: Buffer.alloc(512, 7),
    long: Buffer.alloc(200_001, 'abc'),
  };

  it('is unpacked by tar, each file as it was', async () => {
    const archive = join(root, 'whole.tar');
    writeFileSync(archive, await bytesOf(folderOf('whole', files), 'audit-acme'));
    const unpacked = join(root, 'unpacked');
    mkdirSync(unpacked);
    const { status, stderr } = spawnSync('tar', ['-xf', archive, '-C', unpacked], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const folder = join(unpacked, 'audit-acme');
    expect(readdirSync(folder).sort()).toEqual(Object.keys(files).sort());
    for (const [name, bytes] of Object.entries(files))
      expect(readFileSync(join(folder, name))).toEqual(bytes);
  });

  it('of the same files is the same bytes, whenever they were written', async () => {
    const { short, long } = files;
    const one = folderOf('one', { short, long });
    const other = folderOf('other', { long, short });
    expect(await bytesOf(one, 'x')).toEqual(await bytesOf(other, 'x'));
  });

  it('holds files that eight digits more would be needed for', async () => {
    const directory = folderOf('large', { huge: Buffer.alloc(0) });
    const size = 9 * 2 ** 30;
    truncateSync(join(directory, 'huge'), size);
    for await (const header of tarOf(directory, 'x')) {
      const listed = spawnSync('tar', ['-tvf', '-'], { input: header, encoding: 'utf8' });
      expect(listed.stdout).toContain(` ${size} `);
      break;
    }
  });

  it('takes no name that others would read differently', async () => {
    const directory = folderOf('named', { 'a b': Buffer.alloc(1) });
    expect(codeOf(await bytesOf(directory, 'x').catch((error: unknown) => error))).toBe('tar.bad-name');
  });
});
