import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { EventStoreDBClient } from '@eventstore/db-client';
import { NodeProcess } from '../crash/node-process.js';
import { programThatAnswersEarly } from '../crash/testing/program-that-answers-early.js';
import { type Durability, durabilityOf, parseTrace, tracedInto } from '../crash/testing/system-calls.js';
import { event, temporaryDirectory } from './testing.js';

const APPENDS = 30;

let directory: string;
beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Appends one event after the other, so that each answer has a commit of its own, and reads the node's system calls. */
async function durabilityOfAppends(program?: string): Promise<Durability> {
  const trace = join(directory, 'trace');
  const node = NodeProcess.launch({
    ...{ kind: 'eventstore', directory: join(directory, 'data'), under: tracedInto(trace) },
    ...(program !== undefined && { program }),
  });
  const { url } = await node.listens();
  const client = EventStoreDBClient.connectionString(url);
  const streams = Array.from({ length: APPENDS }, (_, index) => `acknowledged-${index}-`);
  for (const stream of streams) await client.appendToStream(stream, event());
  await client.dispose();
  await node.stop();
  const exchanges = streams.map((stream) => ({
    isRequest: (text: string) => text.includes(stream),
    isAnswer: (text: string) => text.includes(stream) && !text.includes('Happened'),
  }));
  return durabilityOf(parseTrace(readFileSync(trace, 'latin1')), exchanges);
}

test('every answer leaves after the data it acknowledges was synced', async () => {
  expect(await durabilityOfAppends()).toEqual({ answered: APPENDS, early: [] });
});

test('answers that leave before are found', async () => {
  const { answered, early } = await durabilityOfAppends(programThatAnswersEarly(directory));
  expect(answered).toBe(APPENDS);
  expect(early).not.toEqual([]);
});
