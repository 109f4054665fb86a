import type { TraceSettings } from '../../infra/telemetry/otlp-traces.js';
import { hash } from 'node:crypto';
import { resolve } from 'node:path';
import { crashSettingProblem } from '../../infra/system/crash-points.js';
import { readAuditSettings, type AuditSettings } from './audit-settings.js';
import { readEventStoreNode, type EventStoreNodeSettings } from './event-store-node.js';

export interface Configuration {
  readonly port: number;
  readonly host: string;
  readonly dataDirectory: string;
  /** Undefined: the embedded node. */
  readonly eventStoreUrl: string | undefined;
  readonly mongoUrl: string | undefined;
  readonly mongoDatabase: string;
  readonly eventStoreNode: EventStoreNodeSettings;
  /** SHA-256 of the key that owns every workspace. Undefined: the one that the first start made. */
  readonly bootstrapKeyHash: string | undefined;
  readonly logLevel: LogLevel;
  readonly maximumUploadBytes: number;
  readonly lanes: number;
  /** Where traces go, and which share of them; undefined: nowhere. */
  readonly traces: TraceSettings | undefined;
  readonly clock: ClockMode;
  /** What this process does; at least one. */
  readonly roles: readonly ProcessRole[];
  /** Loopback port for health and metrics of a process without an API; 0: any. Undefined: none. */
  readonly metricsPort: number | undefined;
  readonly audit: AuditSettings;
}

export const processRoles = ['api', 'projector', 'worker'] as const;
export type ProcessRole = (typeof processRoles)[number];

export const clockModes = ['system', 'manual'] as const;
export type ClockMode = (typeof clockModes)[number];

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
  const oneOf = <Value extends string>(name: string, values: readonly Value[], fallback: Value): Value => {
    const asked = text(name) ?? fallback;
    const found = values.find((value) => value === asked);
    if (found === undefined) problems.push(`${name} must be one of ${values.join(', ')}`);
    return found ?? fallback;
  };
  const askedRoles =
    text('AXION_ROLES')
      ?.split(',')
      .map((role) => role.trim()) ?? processRoles;
  const roles = processRoles.filter((role) => askedRoles.includes(role));
  if (roles.length === 0 || !askedRoles.every((asked) => roles.some((role) => role === asked)))
    problems.push(`AXION_ROLES must name one or more of ${processRoles.join(', ')}, separated by commas`);
  const bootstrapKey = text('AXION_BOOTSTRAP_KEY');
  if (bootstrapKey !== undefined && bootstrapKey.length < 32)
    problems.push('AXION_BOOTSTRAP_KEY must have 32 characters or more');
  const clock = oneOf('AXION_CLOCK', clockModes, 'system');
  if (clock === 'manual' && environment['NODE_ENV'] === 'production')
    problems.push('AXION_CLOCK must be system in production: whoever sets the clock decides what is late');
  const crashProblem = crashSettingProblem(environment);
  if (crashProblem !== undefined) problems.push(crashProblem);
  const endpoint = url('OTEL_EXPORTER_OTLP_ENDPOINT', ['http', 'https']);
  const share = (): number => {
    const value = Number(text('OTEL_TRACES_SAMPLER_ARG') ?? 1);
    if (value >= 0 && value <= 1) return value;
    problems.push('OTEL_TRACES_SAMPLER_ARG must be the share of traces that is kept, from 0 to 1');
    return 1;
  };
  const configuration: Configuration = {
    port: integer('PORT', 3000, 0, 65_535),
    host: text('HOST') ?? '127.0.0.1',
    dataDirectory: resolve(text('AXION_DATA') ?? './data'),
    eventStoreUrl: url('ESDB_URL', ['esdb', 'esdb+discover', 'kurrentdb', 'kurrentdb+discover']),
    mongoUrl: url('MONGO_URL', ['mongodb', 'mongodb+srv']),
    mongoDatabase: text('MONGO_DATABASE') ?? 'axion',
    eventStoreNode: readEventStoreNode(environment, problems),
    bootstrapKeyHash: bootstrapKey === undefined ? undefined : hash('sha256', bootstrapKey),
    logLevel: oneOf('AXION_LOG_LEVEL', logLevels, 'info'),
    maximumUploadBytes: integer('AXION_MAX_UPLOAD_BYTES', 4 * 2 ** 30, 1, Number.MAX_SAFE_INTEGER),
    lanes: integer('AXION_LANES', 2, 1, 64),
    traces: endpoint === undefined ? undefined : { endpoint, share: share() },
    clock,
    roles,
    metricsPort:
      text('AXION_METRICS_PORT') === undefined ? undefined : integer('AXION_METRICS_PORT', 0, 0, 65_535),
    audit: readAuditSettings(environment, problems),
  };
  if (problems.length > 0) throw new BadConfiguration(problems.join('\n'));
  return configuration;
}

/** @throws BadConfiguration for a platform that nobody could reach */
export function mustHaveApi({ roles }: Pick<Configuration, 'roles'>): void {
  if (!roles.includes('api'))
    throw new BadConfiguration('AXION_ROLES must name api here; `axion run` starts processes without one');
}
