import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { NodeProcess } from '../crash/node-process.js';
import { programThatAnswersEarly } from '../crash/testing/program-that-answers-early.js';
import { type Durability, durabilityOf, parseTrace, tracedInto } from '../crash/testing/system-calls.js';

const INSERTS = 40;

/** The field `n` of an insert's answer, as strace prints it. */
const ACKNOWLEDGEMENT = /\\20n\\0/;

/** Inserts one document after the other, and reads the node's system calls. */
async function durabilityOfInserts(directory: string, program?: string): Promise<Durability> {
  const trace = join(directory, 'trace');
  const node = NodeProcess.launch({
    ...{ kind: 'mongo', directory: join(directory, 'data'), under: tracedInto(trace) },
    ...(program !== undefined && { program }),
  });
  const { url } = await node.listens();
  const client = await MongoClient.connect(url);
  const things = client.db('trace').collection('things');
  const marks = Array.from({ length: INSERTS }, (_, number) => `document-${number}-`);
  for (const mark of marks) await things.insertOne({ mark });
  await client.close();
  await node.stop();
  const exchanges = marks.map((mark) => ({
    isRequest: (text: string) => text.includes(mark),
    isAnswer: (text: string) => ACKNOWLEDGEMENT.test(text),
  }));
  return durabilityOf(parseTrace(await readFile(trace, 'latin1')), exchanges);
}

describe('an acknowledged write', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'axion-mongo-trace-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('was synced to disk before it was acknowledged', async () => {
    expect(await durabilityOfInserts(directory)).toEqual({ answered: INSERTS, early: [] });
  });

  it('is found when it was acknowledged before', async () => {
    const { answered, early } = await durabilityOfInserts(directory, programThatAnswersEarly(directory));
    expect(answered).toBe(INSERTS);
    expect(early).not.toEqual([]);
  });
});
