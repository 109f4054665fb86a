import { EventStoreDBClient } from '@eventstore/db-client';
import { APPEND_CALLS, event } from '../../infra/embedded/eventstore/testing.js';
import { describeEventStore } from './subject.js';
import { type RefusalRow, refusals, scenarios, type ScenarioRow } from './tables.js';

const A_TEXT: unknown = expect.any(String);

const connecting = scenarios(
  { area: 'connecting', source: 'client: README, connection string; client suite: connection' },
  [
    [
      'a client that discovers a cluster finds the server by its gossip',
      async ({ url, stream }) => {
        const client = EventStoreDBClient.connectionString(url.replace('esdb:', 'esdb+discover:'));
        expect(await client.appendToStream(stream, event())).toMatchObject({ success: true });
        await client.dispose();
      },
    ],
    [
      'credentials are taken and, in insecure mode, ignored',
      async ({ url, stream }) => {
        const client = EventStoreDBClient.connectionString(url.replace('//', '//admin:changeit@'));
        expect(await client.appendToStream(stream, event())).toMatchObject({ success: true });
        await client.dispose();
      },
    ],
    [
      'credentials of one call are taken and ignored',
      async (subject) => {
        const credentials = { username: 'nobody', password: 'wrong' };
        expect(await subject.write(event(), { credentials })).toMatchObject({ success: true });
      },
    ],
    [
      'a call may ask for the leader',
      async (subject) => {
        expect(await subject.write(event(), { requiresLeader: true })).toMatchObject({ success: true });
        expect(await subject.read({ requiresLeader: true })).toEqual(['Happened']);
      },
    ],
    [
      'a client that prefers a follower is served by a single node',
      async ({ url, stream }) => {
        const discover = new URL(url.replace('esdb:', 'esdb+discover:'));
        discover.searchParams.set('nodePreference', 'follower');
        const client = EventStoreDBClient.connectionString(discover.toString());
        expect(await client.appendToStream(stream, event())).toMatchObject({ success: true });
        await client.dispose();
      },
    ],
    [
      'a client that was disposed of connects again for the next append',
      async (subject) => {
        const client = subject.connect({});
        await client.appendToStream(subject.stream, event('a'));
        await client.dispose();
        expect(await client.appendToStream(subject.stream, event('b'))).toMatchObject({
          nextExpectedRevision: 1n,
        });
      },
    ],
    [
      'many clients at once are served',
      async (subject) => {
        const clients = Array.from({ length: 10 }, () => subject.connect({}));
        await Promise.all(clients.map((client) => client.appendToStream(subject.stream, event())));
        expect(await subject.read()).toHaveLength(10);
      },
    ],
  ],
);

const features = scenarios(
  { area: 'server features', source: 'EventStoreDB protocol: serverfeatures.proto' },
  [
    [
      'batch appends in several messages, which servers from 21.10 on take',
      async (subject) => {
        const two = [event('a'), event('b')];
        expect(await subject.write(two, { batchAppendSize: 1 })).toMatchObject({ nextExpectedRevision: 1n });
      },
    ],
    [
      'persistent subscriptions to $all, and all that is told of them, go over gRPC',
      async (subject) => {
        const group = subject.group('all');
        await group.create();
        expect(await group.info()).toMatchObject({ eventSource: '$all', groupName: group.name });
        await group.replay();
        expect((await group.list()).map(({ groupName }) => groupName)).toContain(group.name);
      },
    ],
  ],
);

const LATE = { type: 'deadline-exceeded' };
const many = () => Array.from({ length: 3000 }, () => event());

const deadlines = refusals({ area: 'deadlines', source: 'client suite: deadline effects' }, [
  ...APPEND_CALLS.map(
    ([call, options]) =>
      [
        `an append by ${call} that is not done in its time fails`,
        (subject) => subject.write(many(), { ...options, deadline: 1 }),
        LATE,
      ] as const satisfies RefusalRow,
  ),
  [
    'the deadline of a client is that of its calls',
    (subject) =>
      subject
        .connect({ defaultDeadline: '1' })
        .appendToStream(subject.stream, many(), { credentials: { username: 'any', password: 'any' } }),
    LATE,
  ],
]);

function answers(path: string, method: string, status: number, body?: unknown): ScenarioRow {
  return [
    `${method} ${path} is answered with ${status}`,
    async ({ httpUrl }) => {
      const response = await fetch(`${httpUrl}${path}`, { method, redirect: 'manual' });
      const text = await response.text();
      expect(response.status).toBe(status);
      if (body !== undefined) expect(JSON.parse(text)).toMatchObject(body as object);
    },
  ];
}

const info = {
  esVersion: A_TEXT,
  state: 'leader',
  features: {
    projections: expect.any(Boolean) as unknown,
    userManagement: expect.any(Boolean) as unknown,
    atomPub: expect.any(Boolean) as unknown,
  },
  authentication: { type: 'insecure' },
};

const http = scenarios({ area: 'plain HTTP', source: 'observed: Links and HTTP' }, [
  answers('/health/live', 'GET', 204),
  answers('/health/live', 'HEAD', 204),
  answers('/health/live', 'POST', 405),
  answers('/health/ready', 'GET', 404),
  answers('/info', 'GET', 200, info),
  answers('/gossip', 'GET', 200, { members: [{ state: 'Leader', isAlive: true }] }),
  answers('/ping', 'GET', 200),
  answers('/stats', 'GET', 200),
  answers('/', 'GET', 302),
  answers('/streams/anything', 'GET', 404),
]);

describeEventStore('connection', connecting, features, deadlines, http);
