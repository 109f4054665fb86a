import { hash } from 'node:crypto';
import { resolve } from 'node:path';

export interface Configuration {
  readonly port: number;
  readonly host: string;
  readonly dataDirectory: string;
  /** Undefined: the embedded node. */
  readonly eventStoreUrl: string | undefined;
  readonly mongoUrl: string | undefined;
  readonly mongoDatabase: string;
  /** SHA-256 of the key that owns every workspace. Undefined: the one that the first start made. */
  readonly bootstrapKeyHash: string | undefined;
  readonly logLevel: LogLevel;
  readonly maximumUploadBytes: number;
  readonly lanes: number;
}

export const logLevels = ['silent', 'error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Says every setting that cannot be used, and how it must be. */
export class BadConfiguration extends Error {}

/**
 * Reads the settings once, from environment variables.
 *
 * @throws BadConfiguration naming every variable that cannot be used; never the value of a secret
 */
export function readConfiguration(environment: Readonly<Record<string, string | undefined>>): Configuration {
  const problems: string[] = [];
  const integer = (name: string, fallback: number, least: number, most: number): number => {
    const text = environment[name];
    if (text === undefined || text === '') return fallback;
    const value = Number(text);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    problems.push(`${name} must be a whole number from ${least} to ${most}`);
    return fallback;
  };
  const text = (name: string): string | undefined => environment[name] || undefined;
  const url = (name: string, schemes: readonly string[]): string | undefined => {
    const value = text(name);
    if (value === undefined || schemes.some((scheme) => value.startsWith(`${scheme}://`))) return value;
    problems.push(`${name} must begin with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`);
    return undefined;
  };
  const bootstrapKey = text('AXION_BOOTSTRAP_KEY');
  if (bootstrapKey !== undefined && bootstrapKey.length < 32)
    problems.push('AXION_BOOTSTRAP_KEY must have 32 characters or more');
  const askedLevel = text('AXION_LOG_LEVEL') ?? 'info';
  const logLevel = logLevels.find((level) => level === askedLevel);
  if (!logLevel) problems.push(`AXION_LOG_LEVEL must be one of ${logLevels.join(', ')}`);
  const configuration: Configuration = {
    port: integer('PORT', 3000, 0, 65_535),
    host: text('HOST') ?? '127.0.0.1',
    dataDirectory: resolve(text('AXION_DATA') ?? './data'),
    eventStoreUrl: url('ESDB_URL', ['esdb', 'esdb+discover', 'kurrentdb', 'kurrentdb+discover']),
    mongoUrl: url('MONGO_URL', ['mongodb', 'mongodb+srv']),
    mongoDatabase: text('MONGO_DATABASE') ?? 'axion',
    bootstrapKeyHash: bootstrapKey === undefined ? undefined : hash('sha256', bootstrapKey),
    logLevel: logLevel ?? 'info',
    maximumUploadBytes: integer('AXION_MAX_UPLOAD_BYTES', 4 * 2 ** 30, 1, Number.MAX_SAFE_INTEGER),
    lanes: integer('AXION_LANES', 2, 1, 64),
  };
  if (problems.length > 0) throw new BadConfiguration(problems.join('\n'));
  return configuration;
}
