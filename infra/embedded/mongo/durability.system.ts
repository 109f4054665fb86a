import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { startChildNode } from './testing/child-node.js';

const INSERTS = 40;

/** The field `n` of an insert's answer, as strace prints it. */
const ACKNOWLEDGEMENT = /\b(write|writev|sendto|sendmsg)\(.*\\20n\\0/;
const SYNCED = /fdatasync.*= 0$/;

describe('an acknowledged write', () => {
  it('was synced to disk before it was acknowledged', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'axion-mongo-trace-'));
    const trace = join(directory, 'trace');
    const calls = 'trace=fdatasync,write,writev,sendto,sendmsg';
    const child = await startChildNode(directory, ['strace', '-f', '-o', trace, '-e', calls, '-s', '120']);
    const client = await MongoClient.connect(child.url);
    const things = client.db('trace').collection('things');
    for (let number = 0; number < INSERTS; number += 1) await things.insertOne({ number });
    await client.close();
    await child.kill();
    let synced = false;
    const unsynced: string[] = [];
    let acknowledged = 0;
    for (const line of (await readFile(trace, 'utf8')).split('\n')) {
      if (SYNCED.test(line)) synced = true;
      if (!ACKNOWLEDGEMENT.test(line)) continue;
      acknowledged += 1;
      if (!synced) unsynced.push(line);
      synced = false;
    }
    await rm(directory, { recursive: true, force: true });
    expect(acknowledged).toBe(INSERTS);
    expect(unsynced).toEqual([]);
  });
});
