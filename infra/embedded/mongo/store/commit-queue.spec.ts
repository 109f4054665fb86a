import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandError } from '../errors.js';
import { CommitQueue } from './commit-queue.js';
import { type Environment, FORMAT_VERSION, openEnvironment, UnsupportedFormatError } from './environment.js';

const KEY = Buffer.from('key');
const OTHER = Buffer.from('other');

const HOOKS = {
  whileWriting: (work: () => void) => work(),
  onCommitted: () => undefined,
  isReadable: () => readable,
};

/** Whether the store can still be read after a failed commit. */
let readable: boolean;

describe('the commit queue', () => {
  let directory: string;
  let environment: Environment;
  let isOpen: boolean;
  let aborted: number;
  let fatal: Error[];
  let queue: CommitQueue;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'axion-commits-'));
    environment = await openEnvironment(directory);
    isOpen = true;
    aborted = 0;
    readable = true;
    fatal = [];
    queue = new CommitQueue(environment.root, {
      commitTimeoutMs: 20,
      onFatal: (reason) => fatal.push(reason),
      onAborted: () => (aborted += 1),
      ...HOOKS,
    });
  });
  afterEach(async () => {
    if (isOpen) await environment.root.close();
    await rm(directory, { recursive: true, force: true });
  });

  it('lets one job fail without harming the others of its transaction', async () => {
    const good = queue.submit(() => void environment.documents.put(KEY, KEY));
    const bad = queue.submit(() => {
      throw new CommandError('BadValue', 'refused');
    });
    await expect(bad).rejects.toThrow('refused');
    await good;
    expect(environment.documents.get(KEY)).toEqual(KEY);
    expect(aborted).toBe(0);
  });

  it('throws the whole transaction away when something unforeseen is thrown', async () => {
    const first = queue.submit(() => void environment.documents.put(KEY, KEY));
    const second = queue.submit(() => {
      void environment.documents.put(OTHER, OTHER);
      throw new Error('unforeseen');
    });
    await expect(Promise.allSettled([first, second])).resolves.toMatchObject([
      { status: 'rejected' },
      { status: 'rejected' },
    ]);
    expect(environment.documents.get(KEY)).toBeUndefined();
    expect(aborted).toBe(1);
  });

  it('gives the process up when a commit does not settle in time', async () => {
    const stuck = { childTransaction: () => new Promise<never>(() => undefined) };
    const gaveUp = new Promise<Error>((resolve) => {
      const hanging = new CommitQueue(stuck, {
        commitTimeoutMs: 10,
        onFatal: resolve,
        onAborted: () => undefined,
        ...HOOKS,
      });
      void hanging.submit(() => undefined);
    });
    expect((await gaveUp).message).toContain('did not finish within 10 ms');
    expect(fatal).toEqual([]);
  });

  /** A store whose every commit fails, as LMDB tells it: the cause is in a second promise. */
  function failingQueue(): CommitQueue {
    const commit = (): Promise<never> => {
      const commitError = Promise.reject(new Error('Input/output error'));
      return Promise.reject(Object.assign(new Error('Commit failed'), { commitError }));
    };
    const failing = { childTransaction: commit };
    return new CommitQueue(failing, {
      commitTimeoutMs: 1000,
      onFatal: (reason) => fatal.push(reason),
      onAborted: () => (aborted += 1),
      ...HOOKS,
    });
  }

  it('refuses every write after a commit that failed in the middle', async () => {
    const failing = failingQueue();
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await expect(failing.submit(() => undefined)).rejects.toThrow('could not write: Input/output error');
    }
    expect({ aborted, fatal }).toEqual({ aborted: 1, fatal: [] });
  });

  it('gives the process up when the store cannot be read after a failed commit', async () => {
    readable = false;
    await expect(failingQueue().submit(() => undefined)).rejects.toThrow('could not write');
    expect(fatal).toMatchObject([{ message: 'the store could not write: Input/output error' }]);
  });

  it('refuses a store of a newer format with words', async () => {
    const newer = Buffer.alloc(4);
    newer.writeUInt32BE(FORMAT_VERSION + 1);
    await environment.catalog.put(Buffer.from('format'), newer);
    await environment.root.close();
    await expect(openEnvironment(directory)).rejects.toThrow(UnsupportedFormatError);
    isOpen = false;
  });
});
