import { rejectionOf } from './exactly.js';
import { describeMongo } from './subject.js';
import { refusals, scenarios } from './tables.js';

// Jest types its own matchers as any.
const A_TEXT: unknown = expect.any(String);
const A_NUMBER: unknown = expect.any(Number);
const A_DATE: unknown = expect.any(Date);
const A_LIST: unknown = expect.any(Array);
const A_TRUTH: unknown = expect.any(Boolean);
const A_VERSION: unknown = expect.stringMatching(/^\d+\.\d+\.\d+/);
const A_SHORT_VERSION: unknown = expect.stringMatching(/^\d+\.\d+$/);

const connecting = scenarios(
  {
    area: 'what clients ask on connecting',
    source: 'MongoDB manual: Diagnostic Commands; Server discovery and monitoring specification',
  },
  [
    [
      'hello describes a server that is written to',
      [],
      async ({ database }) => {
        const answer = await database.command({ hello: 1 });
        expect(answer).toMatchObject({
          isWritablePrimary: true,
          maxBsonObjectSize: 16777216,
          maxMessageSizeBytes: 48000000,
          maxWriteBatchSize: 100000,
          minWireVersion: 0,
          readOnly: false,
          ok: 1,
        });
        expect(answer['localTime']).toEqual(A_DATE);
      },
    ],
    [
      'isMaster is still answered',
      [],
      async ({ database }) => {
        expect(await database.command({ isMaster: 1 })).toMatchObject({ ismaster: true, ok: 1 });
      },
    ],
    [
      'ping',
      [],
      async ({ database }) => {
        expect(await database.command({ ping: 1 })).toMatchObject({ ok: 1 });
      },
    ],
    [
      'buildInfo',
      [],
      async ({ database }) => {
        const answer = await database.admin().buildInfo();
        expect(answer).toMatchObject({
          bits: 64,
          debug: A_TRUTH,
          maxBsonObjectSize: 16777216,
          version: A_VERSION,
        });
        expect(answer['versionArray']).toHaveLength(4);
        expect(answer['modules']).toEqual(A_LIST);
      },
    ],
    [
      'connectionStatus',
      [],
      async ({ database }) => {
        const answer = await database.command({ connectionStatus: 1 });
        expect(answer).toMatchObject({
          authInfo: { authenticatedUsers: A_LIST, authenticatedUserRoles: A_LIST },
        });
      },
    ],
    [
      'connectionStatus shows privileges when asked',
      [],
      async ({ database }) => {
        const answer = await database.command({ connectionStatus: 1, showPrivileges: true });
        expect(answer['authInfo'] as object).toHaveProperty('authenticatedUserPrivileges');
      },
    ],
    [
      'whatsmyuri',
      [],
      async ({ database }) => {
        expect((await database.admin().command({ whatsmyuri: 1 }))['you']).toMatch(/:\d+$/);
      },
    ],
    [
      'hostInfo',
      [],
      async ({ database }) => {
        const answer = await database.admin().command({ hostInfo: 1 });
        expect(answer).toMatchObject({
          system: {
            hostname: A_TEXT,
            cpuAddrSize: 64,
            numCores: A_NUMBER,
            memSizeMB: A_NUMBER,
          },
          os: { type: A_TEXT },
        });
      },
    ],
    [
      'serverStatus',
      [],
      async ({ database }) => {
        const answer = await database.admin().serverStatus();
        expect(answer).toMatchObject({
          host: A_TEXT,
          version: A_TEXT,
          process: A_TEXT,
          uptime: A_NUMBER,
          localTime: A_DATE,
          connections: { current: A_NUMBER, totalCreated: A_NUMBER },
          mem: { bits: 64 },
        });
      },
    ],
    [
      'getParameter gives the feature compatibility version',
      [],
      async ({ database }) => {
        const answer = await database.admin().command({ getParameter: 1, featureCompatibilityVersion: 1 });
        expect(answer).toMatchObject({
          featureCompatibilityVersion: { version: A_SHORT_VERSION },
        });
      },
    ],
    [
      "getParameter '*' gives all",
      [],
      async ({ database }) => {
        expect(await database.admin().command({ getParameter: '*' })).toHaveProperty(
          'featureCompatibilityVersion',
        );
      },
    ],
    [
      'getLog names its logs',
      [],
      async ({ database }) => {
        expect((await database.admin().command({ getLog: '*' }))['names']).toContain('startupWarnings');
      },
    ],
    [
      'getLog gives the warnings of the start',
      [],
      async ({ database }) => {
        const answer = await database.admin().command({ getLog: 'startupWarnings' });
        const log = answer['log'] as string[];
        expect(answer['totalLinesWritten']).toBe(log.length);
        for (const line of log) expect(JSON.parse(line)).toMatchObject({ msg: A_TEXT });
      },
    ],
  ],
);

const two = [
  { _id: 1, a: 'x' },
  { _id: 2, a: 'y' },
];
const collections = scenarios(
  {
    area: 'databases and collections',
    source: 'MongoDB manual: Administration Commands; Enumerate collections specification',
  },
  [
    [
      'listDatabases names a database that has collections',
      two,
      async ({ database }) => {
        const { databases } = await database.admin().listDatabases({ nameOnly: true });
        expect(databases.map(({ name }) => name)).toContain(database.databaseName);
      },
    ],
    [
      'listDatabases takes a filter',
      two,
      async ({ database }) => {
        const { databases } = await database
          .admin()
          .listDatabases({ filter: { name: database.databaseName } });
        expect(databases).toMatchObject([{ name: database.databaseName, empty: false }]);
        expect(databases[0]?.sizeOnDisk).toBeGreaterThan(0);
      },
    ],
    [
      'listCollections describes collections',
      two,
      async ({ database, things }) => {
        const [found] = await database.listCollections({ name: things.collectionName }).toArray();
        expect(found).toMatchObject({
          name: things.collectionName,
          type: 'collection',
          options: {},
          info: { readOnly: false },
          idIndex: { key: { _id: 1 }, name: '_id_' },
        });
      },
    ],
    [
      'listCollections gives a UUID',
      two,
      async ({ database, things }) => {
        const [found] = await database.listCollections({ name: things.collectionName }).toArray();
        expect(found).toHaveProperty('info.uuid.sub_type', 4);
      },
    ],
    [
      'listCollections gives only names when asked',
      two,
      async ({ database, things }) => {
        expect(
          await database.listCollections({ name: things.collectionName }, { nameOnly: true }).toArray(),
        ).toEqual([{ name: things.collectionName, type: 'collection' }]);
      },
    ],
    [
      'createCollection makes an empty one',
      [],
      async ({ database, things }) => {
        await database.createCollection(things.collectionName);
        expect(await things.countDocuments()).toBe(0);
        expect(await things.indexes()).toHaveLength(1);
      },
    ],
    [
      'drop removes documents and indexes',
      two,
      async ({ database, things }) => {
        await things.createIndex({ a: 1 }, {}, {});
        expect(await things.drop()).toBe(true);
        expect(await database.listCollections({ name: things.collectionName }).toArray()).toEqual([]);
        await things.insertOne({ _id: 1 } as object);
        expect(await things.indexes()).toHaveLength(1);
      },
    ],
    [
      'renameCollection takes documents and indexes along',
      two,
      async ({ database, things }) => {
        await things.createIndex({ a: 1 }, {}, {});
        const renamed = await things.rename(`${things.collectionName}_renamed`);
        expect(await renamed.countDocuments()).toBe(2);
        expect(await renamed.indexes()).toHaveLength(2);
        expect(await things.countDocuments()).toBe(0);
        expect(await database.listCollections({ name: things.collectionName }).toArray()).toEqual([]);
      },
    ],
    [
      'renameCollection may drop its target',
      two,
      async ({ database, things }) => {
        const target = `${things.collectionName}_target`;
        await database.collection(target).insertOne({ _id: 9 } as object);
        const renamed = await things.rename(target, { dropTarget: true });
        expect(await renamed.distinct('_id')).toEqual([1, 2]);
      },
    ],
    [
      'dropDatabase removes every collection',
      [],
      async ({ client, database }) => {
        const other = client.db(`${database.databaseName}_other`);
        await other.collection('x').insertOne({ a: 1 });
        expect(await other.dropDatabase()).toBe(true);
        expect(await other.listCollections().toArray()).toEqual([]);
      },
    ],
    [
      'a validator refuses what does not match, and says which',
      [],
      async ({ database, things }) => {
        await database.createCollection(things.collectionName, { validator: { n: { $gt: 0 } } });
        await things.insertOne({ _id: 1, n: 1 } as object);
        expect(await rejectionOf(things.insertOne({ _id: 2, n: 0 } as object))).toMatchObject({
          code: 121,
          errInfo: { failingDocumentId: 2 },
        });
        expect(await rejectionOf(things.updateOne({ _id: 1 } as object, { $set: { n: 0 } }))).toMatchObject({
          code: 121,
          errInfo: { failingDocumentId: 1 },
        });
        await things.insertOne({ _id: 3, n: 0 } as object, { bypassDocumentValidation: true });
      },
    ],
    [
      'dbStats counts',
      two,
      async ({ database }) => {
        const stats = await database.stats();
        expect(stats).toMatchObject({ db: database.databaseName, views: 0, ok: 1 });
        expect(stats['objects']).toBeGreaterThanOrEqual(2);
        expect(stats['dataSize']).toBeGreaterThan(0);
      },
    ],
    [
      'collStats counts',
      two,
      async ({ database, things }) => {
        await things.createIndex({ a: 1 }, {}, {});
        const stats = await database.command({ collStats: things.collectionName });
        expect(stats).toMatchObject({
          ns: things.namespace,
          count: 2,
          size: 46,
          avgObjSize: 23,
          nindexes: 2,
          capped: false,
        });
        expect(Object.keys(stats['indexSizes'] as object)).toEqual(['_id_', 'a_1']);
      },
    ],
  ],
);

const refused = refusals(
  { area: 'commands that are refused', source: 'MongoDB manual: Database Commands; error_codes' },
  two,
  [
    ['an unknown command', ({ database }) => database.command({ nonsense: 1 }), 59],
    ['atlasVersion', ({ database }) => database.admin().command({ atlasVersion: 1 }), 59],
    [
      'an unknown parameter',
      ({ database }) => database.admin().command({ getParameter: 1, nonsense: 1 }),
      72,
    ],
    ['getLog of an unknown log', ({ database }) => database.admin().command({ getLog: 'nonsense' }), 96],
    ['a command for admin in another database', ({ database }) => database.command({ listDatabases: 1 }), 13],
    ['getLog in another database', ({ database }) => database.command({ getLog: '*' }), 13],
    ['an invalid name of a collection', ({ database }) => database.command({ create: 'a$b' }), 73],
    [
      'an empty name of a collection',
      ({ database }) => database.command({ insert: '', documents: [{}] }),
      73,
    ],
    [
      'an insert of nothing',
      ({ database, things }) => database.command({ insert: things.collectionName, documents: [] }),
      16,
    ],
    ['a missing field', ({ database, things }) => database.command({ insert: things.collectionName }), 40414],
    [
      'a field of the wrong type',
      ({ database, things }) => database.command({ update: things.collectionName, updates: 1 }),
      14,
    ],
    [
      'an unknown field',
      ({ database, things }) =>
        database.command({ insert: things.collectionName, documents: [{}], nonsense: 1 }),
      40415,
    ],
    ['renaming what is not there', ({ database }) => database.collection('nowhere').rename('somewhere'), 26],
    [
      'renaming onto what is there',
      async ({ database, things }) => {
        const target = `${things.collectionName}_there`;
        await database.collection(target).insertOne({});
        return things.rename(target);
      },
      48,
    ],
    [
      'a document that is too large',
      ({ things }) => things.insertOne({ a: Buffer.alloc(16_777_300) }),
      10334,
    ],
  ],
);

describeMongo('administration', connecting, collections, refused);
