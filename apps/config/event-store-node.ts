import { BadLimits, requireLimits, type NodeLimits } from '../../infra/embedded/eventstore/limits.js';

/** How the embedded event store is run, when no server stands in for it. */
export interface EventStoreNodeSettings {
  readonly limits: NodeLimits;
  /** Where its read-only page for people listens on loopback; 0 is any free port. Undefined: there is no page. */
  readonly pagePort: number | undefined;
}

const pagePortVariable = 'AXION_ESDB_HTTP_PORT';
const limitVariables: Readonly<Record<keyof NodeLimits, string>> = {
  maxAppendSize: 'AXION_ESDB_MAX_APPEND_BYTES',
  maxMessageSize: 'AXION_ESDB_MAX_MESSAGE_BYTES',
  commitTimeoutMs: 'AXION_ESDB_COMMIT_TIMEOUT_MS',
  reservedDiskBytes: 'AXION_ESDB_RESERVED_DISK_BYTES',
};

/** Reads the settings; what cannot be used is added to the problems, by the name of its variable. */
export function readEventStoreNode(
  environment: Readonly<Record<string, string | undefined>>,
  problems: string[],
): EventStoreNodeSettings {
  const number = (name: string): number | undefined => {
    const text = environment[name];
    return text === undefined || text === '' ? undefined : Number(text);
  };
  const pagePort = number(pagePortVariable);
  if (pagePort !== undefined && !(Number.isInteger(pagePort) && pagePort >= 0 && pagePort <= 65_535))
    problems.push(`${pagePortVariable} must be a whole number from 0 to 65535`);
  const asked = {
    maxAppendSize: number(limitVariables.maxAppendSize),
    maxMessageSize: number(limitVariables.maxMessageSize),
    commitTimeoutMs: number(limitVariables.commitTimeoutMs),
    reservedDiskBytes: number(limitVariables.reservedDiskBytes),
  };
  try {
    return { limits: requireLimits(asked, limitVariables), pagePort };
  } catch (error) {
    if (!(error instanceof BadLimits)) throw error;
    problems.push(...error.problems);
    return { limits: requireLimits({}), pagePort };
  }
}
