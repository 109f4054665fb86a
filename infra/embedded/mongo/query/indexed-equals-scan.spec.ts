import fc from 'fast-check';
import { Double, Int32, Long } from 'mongodb';
import { DriverAgainstNode } from '../testing/driver-against-node.js';

const scalar = fc.oneof(
  fc.integer({ min: -3, max: 3 }).map((number) => new Int32(number) as unknown),
  fc.integer({ min: -3, max: 3 }).map((number) => Long.fromNumber(number) as unknown),
  fc.constantFrom(0.5, -1.5, NaN).map((number) => new Double(number) as unknown),
  fc.constantFrom('', 'a', 'ab', 'b', null, true, false),
);
const value = fc.oneof(
  { weight: 5, arbitrary: scalar },
  { weight: 1, arbitrary: fc.array(scalar, { maxLength: 3 }) },
);
const document = fc.record(
  { a: value, b: value, c: fc.record({ d: value }, { requiredKeys: [] }) },
  { requiredKeys: [] },
);
const condition = fc.oneof(
  scalar,
  fc.record({ $gt: scalar }),
  fc.record({ $gte: scalar, $lt: scalar }),
  fc.record({ $in: fc.array(scalar, { maxLength: 3 }) }),
  fc.record({ $ne: scalar }),
);
const filter = fc.record({ a: condition, b: condition, 'c.d': condition }, { requiredKeys: [] });
const direction = fc.constantFrom(1 as const, -1 as const);
const pattern = fc
  .tuple(
    fc.shuffledSubarray(['a', 'b', 'c.d'], { minLength: 1 }),
    fc.array(direction, { minLength: 3, maxLength: 3 }),
  )
  .map(([names, directions]) =>
    Object.fromEntries(names.map((name, index) => [name, directions[index] ?? 1])),
  );

describe('a query answered through an index', () => {
  let server: DriverAgainstNode;
  beforeAll(async () => {
    server = await DriverAgainstNode.start();
  });
  afterAll(async () => {
    await server.stop();
  });

  it('equals the same query answered by a scan, in matches and in order', async () => {
    let round = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(document, { maxLength: 25 }),
        fc.array(pattern, { minLength: 1, maxLength: 2 }),
        fc.array(fc.tuple(filter, fc.option(pattern, { nil: undefined })), { minLength: 5, maxLength: 10 }),
        async (documents, patterns, queries) => {
          round += 1;
          const scanned = server.collection(`scanned${round}`);
          const indexed = server.collection(`indexed${round}`);
          // Two different arrays cannot be in one compound index; such documents are left out, as the server would.
          for (const [index, key] of patterns.entries())
            await indexed.createIndex(key, { name: `index${index}` }, {}).catch(() => undefined);
          for (const [id, body] of documents.entries()) {
            const added = await indexed.insertOne({ _id: id as never, ...body }).then(
              () => true,
              () => false,
            );
            if (added) await scanned.insertOne({ _id: id as never, ...body });
          }
          for (const [wanted, order] of queries) {
            const sort = order === undefined ? { _id: 1 as const } : { ...order, _id: 1 as const };
            const expected = await scanned
              .find(wanted as never)
              .sort(sort)
              .map(({ _id }) => Number(_id))
              .toArray();
            const actual = await indexed
              .find(wanted as never)
              .sort(sort)
              .map(({ _id }) => Number(_id))
              .toArray();
            expect(actual).toEqual(expected);
            const unsorted = await indexed
              .find(wanted as never)
              .map(({ _id }) => Number(_id))
              .toArray();
            expect(unsorted.sort((x, y) => x - y)).toEqual(expected.sort((x, y) => x - y));
          }
          await scanned.drop();
          await indexed.drop();
        },
      ),
      { numRuns: 40 },
    );
  });
});
