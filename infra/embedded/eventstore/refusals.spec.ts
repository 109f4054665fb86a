import { END, eventTypeFilter, streamNameFilter } from '@eventstore/db-client';
import { Client, credentials } from '@grpc/grpc-js';
import { allSettings } from './persistent/testing.js';
import { type TestNode, collect, freshStream, startTestNode } from './testing.js';

const UNIMPLEMENTED = 12;
const UNKNOWN = 2;

// What docs/embedded-nodes.md lists as not done.
let server: TestNode;
let raw: Client;

beforeAll(async () => {
  server = await startTestNode();
  raw = new Client(`127.0.0.1:${server.node.port}`, credentials.createInsecure());
});
afterAll(async () => {
  raw.close();
  await server.stop();
});

const asItIs = (bytes: Buffer): Buffer => bytes;

function call(path: string): Promise<number> {
  return new Promise((resolve) => {
    raw.makeUnaryRequest(`/event_store.client.${path}`, asItIs, asItIs, Buffer.alloc(0), (error) => {
      resolve(error?.code ?? 0);
    });
  });
}

test.each([
  ...['Create', 'Update', 'Delete', 'Statistics', 'Disable', 'Enable', 'Reset', 'State', 'Result'].map(
    (method) => `projections.Projections/${method}`,
  ),
  'projections.Projections/RestartSubsystem',
  ...['Create', 'Update', 'Delete', 'Disable', 'Enable', 'Details', 'ChangePassword', 'ResetPassword'].map(
    (method) => `users.Users/${method}`,
  ),
  ...['StartScavenge', 'StopScavenge', 'Shutdown', 'MergeIndexes', 'ResignNode', 'SetNodePriority'].map(
    (method) => `operations.Operations/${method}`,
  ),
  'operations.Operations/RestartPersistentSubscriptions',
  'monitoring.Monitoring/Stats',
])('%s is not done', async (path) => {
  expect(await call(path)).toBe(UNIMPLEMENTED);
});

test('a read of $all with a count of 0 is refused', async () => {
  await expect(collect(server.client.readAll({ maxCount: 0 }))).rejects.toMatchObject({ code: UNKNOWN });
});

test.each([
  ['of types', eventTypeFilter({ regex: '(?i)order' })],
  ['of streams', streamNameFilter({ regex: '[a-z-[aeiou]]' })],
])('a filter %s whose pattern only .NET knows is refused', async (_what, filter) => {
  const subscription = server.client.subscribeToAll({ filter, fromPosition: END });
  const failure = await new Promise((resolve) => subscription.once('error', resolve));
  expect(failure).toMatchObject({ type: 'unknown', code: UNKNOWN });
  await expect(
    server.client.createPersistentSubscriptionToAll(freshStream(), allSettings(), { filter }),
  ).rejects.toMatchObject({ code: UNKNOWN });
});

test('persistent subscriptions are told to go over gRPC, and do', async () => {
  const group = freshStream();
  await server.client.createPersistentSubscriptionToAll(group, allSettings({ startFrom: END }));
  await server.client.replayParkedMessagesToAll(group);
  const listed = await server.client.listAllPersistentSubscriptions();
  expect(listed.map(({ groupName }) => groupName)).toEqual([group]);
});
