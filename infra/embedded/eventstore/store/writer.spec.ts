import { rmSync } from 'node:fs';
import { jest } from '@jest/globals';
import { append } from '../append.js';
import { temporaryDirectory } from '../testing.js';
import { CommitDeadline } from './commit-deadline.js';
import { type LogRecord } from './record.js';
import { checkWhole } from './start-check.js';
import { Store } from './store.js';
import { type Transaction } from './transaction.js';
import { CommitFailed, Writer, WriterClosed } from './writer.js';

let directory: string;
let store: Store;
let writer: Writer;
let committed: LogRecord[];
let fatal: Error[];

beforeEach(() => {
  directory = temporaryDirectory();
  store = new Store(directory);
  committed = [];
  fatal = [];
  const deadline = new CommitDeadline(20, (reason) => fatal.push(reason));
  writer = new Writer(store, { position: 64, streams: 0 }, deadline, (records) => committed.push(...records));
});
afterEach(async () => {
  jest.restoreAllMocks();
  await store.close();
  rmSync(directory, { recursive: true });
});

const EMPTY = Buffer.alloc(0);
let ids = 0;

function appending(stream: string): (transaction: Transaction) => unknown {
  const id = `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}`;
  const events = [{ id, type: 'Happened', isJson: false, metadata: EMPTY, data: EMPTY }];
  return (transaction) => append(transaction, { stream, expected: { kind: 'any' }, events });
}

test('what arrives in one turn is committed at once, and each append sees those before it', async () => {
  const commit = jest.spyOn(store, 'commit');
  const outcomes = await Promise.all([1, 2, 3].map(() => writer.submit(appending('one'))));
  expect(commit).toHaveBeenCalledTimes(1);
  expect(outcomes).toMatchObject([{ revision: 0 }, { revision: 1 }, { revision: 2 }]);
  expect(committed.map((record) => record.revision)).toEqual([0, 1, 2]);
});

test('nothing is answered, announced or to be read before the commit is done', async () => {
  let finish = (): void => {};
  const began = new Promise<void>((resolve) => {
    jest.spyOn(store, 'commit').mockImplementationOnce(() => {
      resolve();
      return new Promise((done) => (finish = done));
    });
  });
  let answered = false;
  const answer = writer.submit(appending('one')).then(() => (answered = true));
  await began;
  await new Promise((resolve) => setImmediate(resolve));
  expect({ answered, committed, head: store.head('one'), end: writer.end }).toEqual({
    answered: false,
    committed: [],
    head: undefined,
    end: 64,
  });
  finish();
  await answer;
});

test('a full disk refuses appends without a trace until there is room again', async () => {
  await writer.submit(appending('one'));
  const free = jest.spyOn(store, 'freeBytes').mockReturnValue(1000);
  const results = await Promise.allSettled([
    writer.submit(appending('one')),
    writer.submit(appending('two')),
  ]);
  for (const result of results) {
    expect(result).toMatchObject({ status: 'rejected', reason: expect.any(CommitFailed) as unknown });
    expect(result).toMatchObject({
      reason: { message: expect.stringContaining('no space left') as unknown },
    });
  }
  expect(committed).toHaveLength(1);
  free.mockRestore();
  await expect(writer.submit(appending('one'))).resolves.toMatchObject({ revision: 1 });
  expect(checkWhole(store)).toEqual([]);
});

test('after a commit that failed in the middle nothing is written any more, and reading goes on', async () => {
  await writer.submit(appending('one'));
  const cause = Promise.reject(new Error('Input/output error'));
  const failed = Object.assign(new Error('Commit failed'), { commitError: cause });
  const commit = jest.spyOn(store, 'commit').mockRejectedValueOnce(failed);
  await expect(writer.submit(appending('one'))).rejects.toThrow('could not write: Input/output error');
  await expect(writer.submit(appending('one'))).rejects.toThrow('could not write: Input/output error');
  expect(commit).toHaveBeenCalledTimes(1);
  expect(committed).toHaveLength(1);
  expect(store.head('one')).toMatchObject({ last: 0 });
});

test('a store that cannot be read after a failed commit is fatal', async () => {
  await writer.submit(appending('one'));
  jest.spyOn(store, 'commit').mockRejectedValueOnce(new Error('Input/output error'));
  jest.spyOn(store, 'isReadable').mockReturnValueOnce(false);
  await expect(writer.submit(appending('one'))).rejects.toThrow('could not write: Input/output error');
  expect(fatal).toMatchObject([{ message: expect.stringContaining('could not write') as unknown }]);
});

test('an operation that throws takes nothing of its transaction to the disk', async () => {
  const commit = jest.spyOn(store, 'commit');
  const results = await Promise.allSettled([
    writer.submit(appending('one')),
    writer.submit((transaction) => {
      appending('two')(transaction);
      throw new Error('in the middle');
    }),
  ]);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(commit).not.toHaveBeenCalled();
  await expect(writer.submit(appending('one'))).resolves.toMatchObject({ revision: 0 });
});

test('a commit that does not end is fatal', async () => {
  jest.spyOn(store, 'commit').mockImplementationOnce(() => new Promise(() => {}));
  const ended = new Promise<void>((resolve) => {
    jest.spyOn(fatal, 'push').mockImplementationOnce((reason) => {
      expect(reason.message).toBe('a commit of the event store did not finish within 20 ms');
      resolve();
      return 1;
    });
  });
  void writer.submit(appending('one'));
  await ended;
});

test('a closed writer finishes what it has and takes no more', async () => {
  const last = writer.submit(appending('one'));
  const closed = writer.close();
  await expect(writer.submit(appending('one'))).rejects.toBeInstanceOf(WriterClosed);
  await closed;
  await expect(last).resolves.toMatchObject({ revision: 0 });
});
