import { type Document, Long, UUID } from 'bson';
import { DriverAgainstNode } from '../testing/driver-against-node.js';
import { rawCommand } from '../testing/raw-command.js';

describe('a write with a session and a number', () => {
  let server: DriverAgainstNode;
  beforeAll(async () => {
    server = await DriverAgainstNode.start();
  });
  afterAll(async () => {
    await server.stop();
  });

  const numbered = (command: Document): Document => ({
    ...command,
    lsid: { id: new UUID().toBinary() },
    txnNumber: Long.fromNumber(1),
    $db: 'spec',
  });

  it.each([
    ['an insert', { insert: 'inserts', documents: [{ a: 1 }, { a: 2 }] }, { n: 2 }],
    [
      'an update',
      { update: 'updates', updates: [{ q: { _id: 1 }, u: { $inc: { n: 1 } }, upsert: true }] },
      { n: 1 },
    ],
    ['a delete', { delete: 'deletes', deletes: [{ q: {}, limit: 1 }] }, { n: 1 }],
    [
      'a findAndModify',
      { findAndModify: 'modified', query: { _id: 1 }, update: { $inc: { n: 1 } }, new: true },
      { value: { _id: 1, n: 2 } },
    ],
  ])('is done once and answered the same again: %s', async (_what, command, expected) => {
    const name = String(Object.values(command)[0]);
    await server.collection(name).insertMany([
      { _id: 1 as never, n: 1 },
      { _id: 2 as never, n: 1 },
    ]);
    const request = numbered(command);
    const first = await rawCommand(server.port, request);
    expect(first).toMatchObject({ ok: 1, ...expected });
    const after = await server.collection(name).find().toArray();
    expect(await rawCommand(server.port, request)).toEqual(first);
    expect(await server.collection(name).find().toArray()).toEqual(after);
  });
});
