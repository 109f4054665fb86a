import { Long, UUID } from 'mongodb';
import { rejectionOf } from './exactly.js';
import { describeMongo } from './subject.js';
import { refusals, scenarios } from './tables.js';

const sessions = scenarios(
  { area: 'sessions', source: 'Driver sessions specification; MongoDB manual: Server Sessions' },
  [
    [
      'an explicit session carries reads and writes',
      [],
      async ({ client, things }) => {
        const session = client.startSession();
        await things.insertOne({ _id: 1 } as object, { session });
        expect(await things.findOne({}, { session })).toEqual({ _id: 1 });
        await session.endSession();
        expect(session.hasEnded).toBe(true);
      },
    ],
    [
      'a session carries a cursor over its batches',
      Array.from({ length: 20 }, (_, _id) => ({ _id })),
      async ({ client, things }) => {
        const session = client.startSession();
        expect(await things.find({}, { session, batchSize: 3 }).toArray()).toHaveLength(20);
        await session.endSession();
      },
    ],
    [
      'a causally consistent session reads its own writes',
      [],
      async ({ client, things }) => {
        await client.withSession({ causalConsistency: true }, async (session) => {
          await things.insertOne({ _id: 1 } as object, { session });
          await things.updateOne({}, { $set: { a: 1 } }, { session });
          expect(await things.findOne({}, { session })).toEqual({ _id: 1, a: 1 });
        });
      },
    ],
    [
      'startSession gives an id and how long it lives',
      [],
      async ({ database }) => {
        const answer = await database.admin().command({ startSession: 1 });
        expect(answer).toMatchObject({ timeoutMinutes: 30, ok: 1 });
        const { id } = answer['id'] as { id: { sub_type: number } };
        expect(id.sub_type).toBe(4);
      },
    ],
    [
      'refreshSessions and endSessions are answered',
      [],
      async ({ database }) => {
        const lsid = { id: new UUID() };
        expect(await database.admin().command({ refreshSessions: [lsid] })).toMatchObject({ ok: 1 });
        expect(await database.admin().command({ endSessions: [lsid] })).toMatchObject({ ok: 1 });
      },
    ],
    [
      'hello says how long sessions live',
      [],
      async ({ database }) => {
        expect(await database.command({ hello: 1 })).toMatchObject({ logicalSessionTimeoutMinutes: 30 });
      },
    ],
  ],
);

const standalone = refusals(
  { area: 'transactions on a standalone', source: 'MongoDB manual: Transactions, Production Considerations' },
  [],
  [
    [
      'a transaction is refused',
      async ({ client, database, things }) => {
        const session = client.startSession();
        try {
          return await database.command(
            {
              insert: things.collectionName,
              documents: [{}],
              txnNumber: Long.fromNumber(1),
              startTransaction: true,
              autocommit: false,
            },
            { session },
          );
        } finally {
          await session.endSession();
        }
      },
      20,
    ],
    [
      'a snapshot read is refused',
      async ({ client, things }) => {
        const session = client.startSession({ snapshot: true });
        try {
          return await things.find({}, { session }).toArray();
        } finally {
          await session.endSession();
        }
      },
      123,
    ],
    [
      'more than one acknowledging member is refused',
      ({ things }) => things.insertOne({ _id: 1 } as object, { writeConcern: { w: 2 } }),
      2,
    ],
  ],
);

const concerns = scenarios({ area: 'concerns', source: 'MongoDB manual: Write Concern, Read Concern' }, [
  [
    'a majority of one is one',
    [],
    async ({ things }) => {
      expect(
        await things.insertOne({ _id: 1 } as object, { writeConcern: { w: 'majority', journal: true } }),
      ).toMatchObject({ acknowledged: true });
    },
  ],
  [
    'a linearizable read of a standalone is refused',
    [],
    async ({ things }) => {
      expect(
        await rejectionOf(things.find({}, { readConcern: { level: 'linearizable' } }).toArray()),
      ).toMatchObject({ code: 123 });
    },
  ],
  [
    'an unknown read concern is refused',
    [],
    async ({ database, things }) => {
      expect(
        await rejectionOf(
          database.command({ find: things.collectionName, readConcern: { level: 'nonsense' } }),
        ),
      ).toMatchObject({ code: 2 });
    },
  ],
  [
    'an id of a cursor is a long',
    [{ _id: 1 }, { _id: 2 }],
    async ({ database, things }) => {
      const answer = await database.command(
        { find: things.collectionName, batchSize: 1 },
        { promoteLongs: false },
      );
      expect((answer['cursor'] as { id: unknown }).id).toBeInstanceOf(Long);
    },
  ],
]);

describeMongo('sessions', sessions, standalone, concerns);
