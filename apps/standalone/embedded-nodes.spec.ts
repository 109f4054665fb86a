import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { readConfiguration } from '../config/configuration.js';
import { openEmbeddedNodes } from './embedded-nodes.js';
import { anyPorts } from './node-ports.js';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'axion-nodes-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test('the event store has the limits of the configuration, and a page on the port it is given', async () => {
  const configuration = readConfiguration({
    AXION_DATA: directory,
    AXION_ESDB_HTTP_PORT: '0',
    AXION_ESDB_MAX_APPEND_BYTES: '100',
  });
  const ports = { ...anyPorts, eventStorePage: configuration.eventStoreNode.pagePort };
  const nodes = await openEmbeddedNodes(configuration, ports);
  const stats = await fetch(`${nodes.eventStorePageUrl}/stats`);
  expect(await stats.json()).toMatchObject({ events: 1 });
  expect(Number(new URL(nodes.eventStorePageUrl ?? '').port)).toBe(nodes.ports.eventStorePage);
  const client = EventStoreDBClient.connectionString(nodes.urls.eventStoreUrl);
  const large = jsonEvent({ type: 'Large', data: { text: 'x'.repeat(101) } });
  await expect(client.appendToStream('stream', large)).rejects.toMatchObject({ maxAppendSize: 100 });
  await client.dispose();
  await nodes.close();
});

test('nobody who does not ask for the page gets one', async () => {
  const nodes = await openEmbeddedNodes(
    readConfiguration({ AXION_DATA: directory, AXION_ESDB_HTTP_PORT: '0' }),
  );
  expect(nodes.eventStorePageUrl).toBeUndefined();
  await nodes.close();
});
