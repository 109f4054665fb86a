import { DEFAULT_LIMITS } from '../../infra/embedded/eventstore/limits.js';
import { BadConfiguration, readConfiguration } from './configuration.js';

test('without variables the event store has its own limits and no page', () => {
  expect(readConfiguration({}).eventStoreNode).toEqual({ limits: DEFAULT_LIMITS, pagePort: undefined });
});

test('each limit and the port of the page are read from a variable', () => {
  const { eventStoreNode } = readConfiguration({
    AXION_ESDB_HTTP_PORT: '0',
    AXION_ESDB_MAX_APPEND_BYTES: '2000',
    AXION_ESDB_MAX_MESSAGE_BYTES: '3000',
    AXION_ESDB_COMMIT_TIMEOUT_MS: '4000',
    AXION_ESDB_RESERVED_DISK_BYTES: '5000',
  });
  expect(eventStoreNode).toEqual({
    pagePort: 0,
    limits: { maxAppendSize: 2000, maxMessageSize: 3000, commitTimeoutMs: 4000, reservedDiskBytes: 5000 },
  });
});

test('every variable that cannot be used is named', () => {
  const read = (): unknown =>
    readConfiguration({
      AXION_ESDB_HTTP_PORT: '70000',
      AXION_ESDB_MAX_APPEND_BYTES: 'much',
      AXION_ESDB_COMMIT_TIMEOUT_MS: '-1',
    });
  expect(read).toThrow(BadConfiguration);
  expect(read).toThrow(
    /AXION_ESDB_HTTP_PORT must be.*\n.*AXION_ESDB_MAX_APPEND_BYTES must be.*\n.*AXION_ESDB_COMMIT_TIMEOUT_MS must be/,
  );
});
