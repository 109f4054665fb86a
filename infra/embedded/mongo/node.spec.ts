import { Decimal128, Double, Int32, Long, ObjectId, UUID } from 'mongodb';
import { startMongoNode } from './node.js';
import { DriverAgainstNode, rejectionOf } from './testing/driver-against-node.js';
import { rawCommand } from './testing/raw-command.js';

const long = (text: string): Long => Long.fromString(text);
const EXACT = { promoteValues: false, promoteLongs: false } as const;

describe('the embedded MongoDB node', () => {
  let server: DriverAgainstNode;
  beforeAll(async () => {
    server = await DriverAgainstNode.start();
  });
  afterAll(async () => {
    await server.stop();
  });
  beforeEach(async () => {
    await server.database.dropDatabase();
  });

  it('refuses to listen beyond loopback', async () => {
    const error = await rejectionOf(startMongoNode({ directory: '/nowhere', host: '0.0.0.0' }));
    expect(error['name']).toBe('NonLoopbackHostError');
  });

  it('gives every type back as it was stored', async () => {
    const things = server.collection();
    const id = new ObjectId();
    const stored = {
      _id: id,
      long: long('9007199254740993'),
      int: new Int32(5),
      double: new Double(5),
      decimal: Decimal128.fromString('1.10'),
      date: new Date(0),
      nothing: null,
      nested: { list: [new Int32(1), new Double(1)] },
    };
    await things.insertOne(stored);
    await things.updateOne({ _id: id }, { $set: { added: new Double(2) }, $inc: { long: new Int32(1) } });
    const found = await things.findOne({ _id: id }, EXACT);
    expect(found).toEqual({ ...stored, long: long('9007199254740994'), added: new Double(2) });
  });

  it('keeps the order of keys through an update, number-like names too', async () => {
    const things = server.collection();
    await things.insertOne(
      new Map<string, unknown>([
        ['_id', 1],
        ['b', 1],
        ['1', 2],
        ['a', 3],
      ]),
    );
    await things.updateOne({ _id: 1 as never }, { $set: { c: 1 } });
    const [raw] = await things.find<Buffer>({}, { raw: true }).toArray();
    expect(
      raw!
        .toString('latin1')
        .replace(/[^a-z_1]+/g, ' ')
        .trim(),
    ).toMatch(/^1? ?_id .*b .*1 .*a .*c/);
  });

  it('treats equal numbers of any type as one _id', async () => {
    const things = server.collection();
    await things.insertOne({ _id: new Int32(1) as never });
    const error = await rejectionOf(things.insertOne({ _id: long('1') as never }));
    expect(error).toMatchObject({ code: 11000, keyPattern: { _id: 1 }, keyValue: { _id: 1 } });
  });

  it('compares longs exactly in conditional upserts and refuses the stale one with 11000', async () => {
    const things = server.collection();
    const write = (position: string, value: number): Promise<unknown> =>
      things.bulkWrite([
        {
          replaceOne: {
            filter: { _id: 'a' as never, _position: { $lt: long(position) } },
            replacement: { _position: long(position), value },
            upsert: true,
          },
        },
      ]);
    await write('9007199254740992', 1);
    await write('9007199254740993', 2);
    const stale = await rejectionOf(write('9007199254740993', 3));
    expect(stale).toMatchObject({ code: 11000 });
    expect(await things.findOne({ _id: 'a' as never })).toMatchObject({ value: 2 });
  });

  it('reports each refused statement with its index, and stops only when ordered', async () => {
    const things = server.collection();
    const documents = [1, 1, 2, 2, 3].map((number) => ({ _id: number as never }));
    const unordered = await rejectionOf(things.insertMany(documents, { ordered: false }));
    expect((unordered['writeErrors'] as { index: number }[]).map(({ index }) => index)).toEqual([1, 3]);
    expect(await things.countDocuments()).toBe(3);
    await things.deleteMany({});
    await rejectionOf(things.insertMany(documents, { ordered: true }));
    expect(await things.countDocuments()).toBe(1);
  });

  it('leaves nothing of a document that a second unique index refuses', async () => {
    const things = server.collection();
    await things.createIndex({ a: 1 }, { unique: true }, {});
    await things.createIndex({ b: 1 }, { unique: true }, {});
    await things.insertOne({ a: 1, b: 1 });
    const error = await rejectionOf(things.insertOne({ a: 2, b: 1 }));
    expect(error).toMatchObject({ code: 11000, keyPattern: { b: 1 }, keyValue: { b: 1 } });
    await things.insertOne({ a: 2, b: 2 });
    expect(await things.find({ a: 2 }).toArray()).toHaveLength(1);
  });

  it('hands a long result out in batches and forgets a killed cursor', async () => {
    const things = server.collection();
    await things.insertMany(Array.from({ length: 500 }, (_, number) => ({ _id: number as never })));
    expect(await things.find().batchSize(7).toArray()).toHaveLength(500);
    const opened = await server.database.command({ find: 'things', batchSize: 2 });
    const id = (opened['cursor'] as { id: Long }).id;
    const killed = await server.database.command({ killCursors: 'things', cursors: [id] });
    expect(killed['cursorsKilled']).toHaveLength(1);
    const error = await rejectionOf(
      server.database.command({ getMore: long(id.toString()), collection: 'things' }),
    );
    expect(error).toMatchObject({ code: 43 });
  });

  it('ends a reading cursor with an error when what it reads is dropped', async () => {
    const things = server.collection();
    await things.insertMany(Array.from({ length: 50 }, (_, number) => ({ a: number })));
    await things.createIndex({ a: 1 }, {}, {});
    for (const drop of [() => things.dropIndex('a_1'), () => things.drop()]) {
      const cursor = things.find({ a: { $gte: 0 } }, { batchSize: 2 });
      await cursor.next();
      await drop();
      expect(await rejectionOf(cursor.toArray())).toMatchObject({ code: 175 });
    }
  });

  it('finds and modifies one document and answers with the wanted side', async () => {
    const things = server.collection();
    await things.insertMany([
      { name: 'a', rank: 2 },
      { name: 'b', rank: 1 },
    ]);
    const before = await things.findOneAndUpdate({}, { $inc: { rank: 10 } }, { sort: { rank: 1 } });
    expect(before).toMatchObject({ name: 'b', rank: 1 });
    const after = await things.findOneAndReplace(
      { name: 'c' },
      { name: 'c' },
      { upsert: true, returnDocument: 'after' },
    );
    expect(after).toMatchObject({ name: 'c' });
    expect(await things.findOneAndDelete({ name: 'a' })).toMatchObject({ rank: 2 });
    expect(await things.findOneAndDelete({ name: 'a' })).toBeNull();
  });

  it.each([
    [{ $set: { 'a.b': 1 } }, { a: { b: 1 } }],
    [{ $unset: { list: '' } }, {}],
    [{ $push: { list: { $each: [3, 1], $sort: 1, $slice: -2 } } }, { list: [2, 3] }],
    [{ $addToSet: { list: { $each: [1, 9] } } }, { list: [1, 2, 9] }],
    [{ $pull: { list: { $gte: 2 } } }, { list: [1] }],
    [{ $pop: { list: -1 } }, { list: [2] }],
    [{ $rename: { list: 'items' } }, { items: [1, 2] }],
    [{ $max: { 'n.m': 4 } }, { n: { m: 4 } }],
    [{ $set: { 'list.$[item]': 7 } }, { list: [1, 7] }],
    [[{ $set: { twice: { $concatArrays: ['$list', '$list'] } } }], { twice: [1, 2, 1, 2] }],
  ])('applies the update %j', async (update, expected) => {
    const things = server.collection();
    await things.insertOne({ _id: 1 as never, list: [1, 2] });
    const filters = JSON.stringify(update).includes('$[item]') ? { arrayFilters: [{ item: 2 }] } : {};
    await things.updateOne({ _id: 1 as never }, update as never, filters);
    const found = await things.findOne({ _id: 1 as never });
    const rest = Object.keys(expected).length === 0 || 'items' in expected ? {} : { list: [1, 2] };
    expect(found).toEqual({ _id: 1, ...rest, ...expected });
  });

  it('refuses documents that fail the validator with 121', async () => {
    await server.database.createCollection('valid', { validator: { n: { $gt: 0 } } });
    expect(await rejectionOf(server.collection('valid').insertOne({ n: 0 }))).toMatchObject({ code: 121 });
    await server.collection('valid').insertOne({ n: 1 });
  });

  it('refuses a multi-document transaction as a standalone server does', async () => {
    const error = await rejectionOf(
      server.client.withSession((session) =>
        server.database.command(
          {
            insert: 'things',
            documents: [{}],
            txnNumber: long('1'),
            startTransaction: true,
            autocommit: false,
          },
          { session },
        ),
      ),
    );
    expect(error).toMatchObject({ code: 20 });
  });

  it('answers a repeated numbered write once, also after a restart', async () => {
    const command = {
      update: 'things',
      updates: [{ q: { _id: 1 }, u: { $inc: { n: 1 } }, upsert: true }],
      lsid: { id: new UUID().toBinary() },
      txnNumber: long('7'),
      $db: 'spec',
    };
    const first = await rawCommand(server.port, command);
    await server.restart();
    expect(await rawCommand(server.port, command)).toEqual(first);
    expect(first).toMatchObject({ n: 1, upserted: [{ index: 0, _id: 1 }] });
    expect(await server.collection().findOne({})).toEqual({ _id: 1, n: 1 });
    expect(await rawCommand(server.port, { ...command, txnNumber: long('6') })).toMatchObject({ code: 225 });
  });

  it('groups, unwinds and counts with exact numbers', async () => {
    const things = server.collection();
    await things.insertMany([
      { _id: 1 as never, group: 'a', n: long('9007199254740993'), tags: ['x', 'y'] },
      { _id: 2 as never, group: 'a', n: new Int32(1), tags: [] },
      { _id: 3 as never, group: 'b', n: new Double(0.5), tags: ['x'] },
    ]);
    const sums = await things
      .aggregate([{ $group: { _id: '$group', total: { $sum: '$n' } } }, { $sort: { _id: 1 } }], EXACT)
      .toArray();
    expect(sums).toEqual([
      { _id: 'a', total: long('9007199254740994') },
      { _id: 'b', total: new Double(0.5) },
    ]);
    expect(await things.countDocuments({ group: 'a' })).toBe(2);
    expect(await things.aggregate([{ $unwind: '$tags' }, { $sortByCount: '$tags' }]).toArray()).toEqual([
      { _id: 'x', count: 2 },
      { _id: 'y', count: 1 },
    ]);
    expect(await things.distinct('tags')).toEqual(['x', 'y']);
  });

  it('keeps collections, indexes and documents over a restart', async () => {
    await server.collection().createIndex({ a: 1, b: -1 }, { unique: true }, {});
    await server.collection().insertOne({ a: 1, b: 1 });
    await server.restart();
    expect((await server.collection().indexes()).map(({ name }) => name)).toEqual(['_id_', 'a_1_b_-1']);
    expect(await rejectionOf(server.collection().insertOne({ a: 1, b: 1 }))).toMatchObject({ code: 11000 });
    await server.client.db('spec').renameCollection('things', 'renamed');
    expect((await server.database.listCollections().toArray()).map(({ name }) => name)).toEqual(['renamed']);
  });
});
