import { DriverAgainstNode, rejectionOf } from '../testing/driver-against-node.js';

describe('what the node does not do', () => {
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

  it.each([
    ['an unknown query operator', 2, { find: 'things', filter: { a: { $foo: 1 } } }],
    ['an unknown top level operator', 2, { find: 'things', filter: { $foo: 1 } }],
    ['a query operator that is not done', 238, { find: 'things', filter: { $where: '1' } }],
    ['a pattern JavaScript reads differently', 238, { find: 'things', filter: { a: { $regex: '(?i)x' } } }],
    ['an unknown field of a command', 40415, { find: 'things', nonsense: 1 }],
    ['a collation', 238, { find: 'things', collation: { locale: 'de' } }],
    ['text search', 238, { find: 'things', filter: { $text: { $search: 'x' } } }],
    ['a JSON schema', 238, { find: 'things', filter: { $jsonSchema: {} } }],
    ['geometry', 238, { find: 'things', filter: { a: { $near: [0, 0] } } }],
    ['the positional projection', 238, { find: 'things', filter: { a: 1 }, projection: { 'a.$': 1 } }],
    ['a computed field in find', 238, { find: 'things', projection: { b: { $add: [1, 1] } } }],
    ['bounds of an index', 238, { find: 'things', min: { _id: 1 } }],
    ['variables of a command', 238, { find: 'things', let: { x: 1 } }],
    ['the reverse of natural order', 238, { find: 'things', sort: { $natural: -1 } }],
    ['a join', 238, { aggregate: 'things', pipeline: [{ $lookup: {} }], cursor: {} }],
    ['pipelines in a pipeline', 238, { aggregate: 'things', pipeline: [{ $facet: {} }], cursor: {} }],
    [
      'an accumulator that is not done',
      238,
      { aggregate: 'things', pipeline: [{ $group: { _id: 1, n: { $stdDevPop: '$a' } } }], cursor: {} },
    ],
    [
      'an expression that is not done',
      238,
      {
        aggregate: 'things',
        pipeline: [{ $set: { b: { $regexMatch: { input: '$a', regex: 'x' } } } }],
        cursor: {},
      },
    ],
    ['explaining', 59, { explain: { find: 'things' } }],
    ['changing a collection', 59, { collMod: 'things' }],
    ['the bulkWrite command', 59, { bulkWrite: 1, ops: [], nsInfo: [] }],
    ['a capped collection', 238, { create: 'capped', capped: true, size: 1 }],
    ['a view', 238, { create: 'view', viewOn: 'things' }],
    ['a wildcard index', 238, { createIndexes: 'things', indexes: [{ key: { '$**': 1 }, name: 'w' }] }],
    ['a hashed index', 238, { createIndexes: 'things', indexes: [{ key: { a: 'hashed' }, name: 'h' }] }],
    ['an unknown command', 59, { nonsense: 1 }],
    ['an unknown stage', 40324, { aggregate: 'things', pipeline: [{ $nope: 1 }], cursor: {} }],
    ['a stage that is not done', 238, { aggregate: 'things', pipeline: [{ $out: 'x' }], cursor: {} }],
    [
      'an unknown expression',
      168,
      { aggregate: 'things', pipeline: [{ $set: { a: { $nope: 1 } } }], cursor: {} },
    ],
    ['an unknown modifier', 9, { update: 'things', updates: [{ q: {}, u: { $nope: { a: 1 } } }] }],
    ['listing indexes of nothing', 26, { listIndexes: 'nothing' }],
    ['dropping an index that is not there', 27, { dropIndexes: 'things', index: 'nope' }],
    ['creating what exists', 48, { create: 'things' }],
    [
      'an index of another type',
      238,
      { createIndexes: 'things', indexes: [{ key: { a: 'text' }, name: 'a' }] },
    ],
    [
      'an index that expires',
      238,
      { createIndexes: 'things', indexes: [{ key: { a: 1 }, name: 'a', expireAfterSeconds: 1 }] },
    ],
    ['an invalid name', 73, { create: 'a$b' }],
    ['a mixed projection', 31254, { find: 'things', projection: { a: 1, b: 0 } }],
  ])('refuses %s with code %i', async (_what, code, command) => {
    await server.database.createCollection('things');
    await server.collection().insertOne({ a: 'x' });
    const answer = await server.database
      .command(command)
      .catch((error: unknown) => error as Record<string, unknown>);
    const [writeError] = (answer['writeErrors'] as { code: number }[] | undefined) ?? [];
    expect(writeError?.code ?? answer['code']).toBe(code);
  });

  it.each([
    ['changing an _id', 66, { $set: { _id: 2 } }],
    ['a path through a scalar', 28, { $set: { 'a.b': 1 } }],
    ['adding to a text', 14, { $inc: { a: 1 } }],
    ['two changes of one path', 40, { $set: { 'c.d': 1 }, $unset: { c: '' } }],
    ['pushing to a text', 2, { $push: { a: 1 } }],
  ])('refuses %s with code %i', async (_what, code, update) => {
    const things = server.collection();
    await things.insertOne({ _id: 1 as never, a: 'x' });
    expect(await rejectionOf(things.updateOne({ _id: 1 as never }, update as never))).toMatchObject({ code });
  });
});
