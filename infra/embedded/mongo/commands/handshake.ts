import { fieldsOf } from '../bson/elements.js';
import { BsonType } from '../bson/value.js';
import { CommandError } from '../errors.js';
import { type Command, type CommandHandler, type Reply } from './command.js';
import { requireAdmin } from './namespaces.js';

/** Announced so that drivers speak what 7.0 speaks; the newer `bulkWrite` command stays out of it. */
export const SERVER_VERSION = '7.0.0';
const WIRE_VERSION = 21;
export const SESSION_MINUTES = 30;
const LARGEST_OBJECT = 16 * 1024 * 1024;

/** A standalone: no set name and no sharding, so drivers neither number their writes nor offer transactions. */
function greeting(command: Command): Reply {
  return {
    ...(command.name === 'hello' ? { isWritablePrimary: true } : { ismaster: true }),
    helloOk: true,
    maxBsonObjectSize: LARGEST_OBJECT,
    maxMessageSizeBytes: 48_000_000,
    maxWriteBatchSize: 100_000,
    localTime: new Date(),
    logicalSessionTimeoutMinutes: SESSION_MINUTES,
    connectionId: command.connectionId,
    minWireVersion: 0,
    maxWireVersion: WIRE_VERSION,
    readOnly: false,
  };
}

export const hello: CommandHandler = greeting;

export const ping: CommandHandler = () => ({});

export const buildInfo: CommandHandler = () => ({
  version: SERVER_VERSION,
  gitVersion: 'axion-embedded',
  versionArray: [7, 0, 0, 0],
  modules: [],
  allocator: 'system',
  javascriptEngine: 'none',
  sysInfo: 'deprecated',
  openssl: { running: 'disabled', compiled: 'disabled' },
  storageEngines: ['lmdb'],
  bits: 64,
  debug: false,
  maxBsonObjectSize: LARGEST_OBJECT,
});

const PARAMETERS: Readonly<Record<string, unknown>> = {
  featureCompatibilityVersion: { version: '7.0' },
  authenticationMechanisms: [],
};

export const getParameter: CommandHandler = (command) => {
  requireAdmin(command);
  const args = command.arguments;
  const wanted = args.value('getParameter');
  const all =
    (wanted?.type === BsonType.string && wanted.text() === '*') ||
    (wanted?.isDocument === true && fieldsOf(wanted).has('allParameters'));
  const found = Object.entries(PARAMETERS).filter(([name]) => all || args.has(name));
  if (found.length === 0) throw new CommandError('InvalidOptions', 'no option found to get');
  return Object.fromEntries(found);
};

/** Nobody is authenticated: the node knows no users. */
export const connectionStatus: CommandHandler = (command) => ({
  authInfo: {
    authenticatedUsers: [],
    authenticatedUserRoles: [],
    ...(command.arguments.allow('showPrivileges').boolean('showPrivileges')
      ? { authenticatedUserPrivileges: [] }
      : {}),
  },
});
