import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { erased, isSealed } from '../../domain/kernel/erasable.js';
import { FileSubjectKeys } from './file-subject-keys.js';
import { SubjectSealer } from './sealing.js';

let root: string;
let directory: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'axion-keys-'));
  directory = join(root, 'keys', 'subjects');
});
afterEach(() => rmSync(root, { recursive: true }));

const files = () => readdirSync(directory).map((name) => join(directory, name));

describe('subject keys in a folder', () => {
  it('are 32 random bytes, the same ever after, in another process too', async () => {
    const key = await new FileSubjectKeys(directory).obtain('person:ada');
    expect(key).toHaveLength(32);
    expect(await new FileSubjectKeys(directory).obtain('person:ada')).toEqual(key);
    expect(await new FileSubjectKeys(directory).find('person:ada')).toEqual(key);
    expect(await new FileSubjectKeys(directory).obtain('person:bob')).not.toEqual(key);
  });

  it('are readable by their owner alone, and so is their folder', async () => {
    await new FileSubjectKeys(directory).obtain('person:ada');
    expect(files().map((file) => statSync(file).mode & 0o777)).toEqual([0o600]);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
  });

  it('are one file each, whose name tells nothing, and leave nothing else behind', async () => {
    const keys = new FileSubjectKeys(directory);
    await Promise.all(['person:ada', 'person:bob', 'person:ada'].map((subject) => keys.obtain(subject)));
    const names = readdirSync(directory);
    expect(names).toHaveLength(2);
    for (const name of names) expect(name).toMatch(/^[0-9a-f]{64}$/);
  });

  it('are not made by looking for one', async () => {
    expect(await new FileSubjectKeys(directory).find('person:ada')).toBeUndefined();
    expect(readdirSync(root)).toEqual([]);
  });

  it('are one and the same for many that make one at once, here and in other processes', async () => {
    const made = await Promise.all(
      Array.from({ length: 8 }, () => new FileSubjectKeys(directory)).flatMap((keys) => [
        keys.obtain('person:ada'),
        keys.obtain('person:ada'),
      ]),
    );
    expect(new Set(made.map((key) => Buffer.from(key).toString('hex'))).size).toBe(1);
    expect(files().map((file) => readFileSync(file).toString('hex'))).toEqual([
      Buffer.from(made[0]!).toString('hex'),
    ]);
  });

  it('are never replaced, whenever the second maker comes', async () => {
    const subjects = Array.from({ length: 40 }, (_unused, index) => `person:${index}`);
    for (const [index, subject] of subjects.entries()) {
      const first = new FileSubjectKeys(directory).obtain(subject);
      for (let turn = 0; turn < index * 25; turn++) await new Promise((resume) => setImmediate(resume));
      const second = new FileSubjectKeys(directory).obtain(subject);
      const stored = await Promise.all([first, second]);
      expect(stored).toEqual(Array(2).fill(await new FileSubjectKeys(directory).find(subject)));
    }
  });

  it('are not remembered: a key whose file was destroyed is gone at once, and a new one is another', async () => {
    const keys = new FileSubjectKeys(directory);
    const before = await keys.obtain('person:ada');
    for (const file of files()) unlinkSync(file);
    expect(await keys.find('person:ada')).toBeUndefined();
    expect(await keys.obtain('person:ada')).not.toEqual(before);
  });

  it('that were destroyed leave what they sealed erased, also once their subject has another', async () => {
    const sealer = new SubjectSealer(new FileSubjectKeys(directory));
    const sealed: unknown = await sealer.seal('person:ada', 'Ada');
    for (const file of files()) unlinkSync(file);
    const text = isSealed(sealed) ? sealed.$sealed : '';
    expect(await sealer.open(text)).toEqual(erased);
    await sealer.seal('person:ada', 'Ada again');
    expect(await sealer.open(text)).toEqual(erased);
  });
});
