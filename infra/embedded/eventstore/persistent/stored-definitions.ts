import {
  type GroupDefinition,
  type GroupFilter,
  type GroupName,
  type GroupSettings,
  isStrategyName,
} from './definition.js';
import { readStart, writeStart } from './place.js';

/** The stream that holds the definitions of all groups, each event all of them anew. */
export const CONFIGURATION_STREAM = '$persistentSubscriptionConfig';
export const CONFIGURATION_TYPE = 'PersistentConfig1';

/** A definition as it is stored. */
export interface StoredDefinition extends GroupDefinition {
  /**
   * What was the end when the group was made to start at the end. The server does not keep it, and loses after a
   * restart what came before the first checkpoint.
   */
  readonly endWas: number | undefined;
}

const VERSION = '2';
/** How the server writes "not a revision" for groups on `$all`. */
const NO_REVISION = '-9223372036854775808';

export function encodeDefinitions(definitions: readonly StoredDefinition[], updated: Date): Buffer {
  const entries = definitions.map((definition) => entryOf(definition));
  // The server keeps the revision as a number, which JSON has no place for beyond 2^53.
  const text = JSON.stringify({ version: VERSION, updated, updatedBy: 'anonymous', entries }).replaceAll(
    /"startFrom":"(-?\d+)"/g,
    '"startFrom":$1',
  );
  return Buffer.from(text);
}

function entryOf({ stream, group, filter, start, settings, endWas }: StoredDefinition): object {
  const startPosition = writeStart(stream, start);
  return {
    stream,
    group,
    ...(filter && { filter: storedFilter(filter) }),
    resolveLinkTos: settings.resolveLinks,
    extraStatistics: settings.extraStatistics,
    messageTimeout: settings.messageTimeout,
    startFrom: startPosition.startsWith('C:') ? NO_REVISION : startPosition,
    startPosition,
    liveBufferSize: settings.liveBufferSize,
    historyBufferSize: settings.historyBufferSize,
    maxRetryCount: settings.maxRetryCount,
    readBatchSize: settings.readBatchSize,
    preferRoundRobin: false,
    checkPointAfter: settings.checkpointAfter,
    minCheckPointCount: settings.minCheckpointCount,
    maxCheckPointCount: settings.maxCheckpointCount,
    maxSubscriberCount: settings.maxSubscriberCount,
    namedConsumerStrategy: settings.strategy,
    ...(endWas !== undefined && { endWas }),
  };
}

function storedFilter({ on, regex, prefixes }: GroupFilter): object {
  return {
    context: on === 'stream name' ? 'streamid' : 'eventtype',
    type: regex === undefined ? 'prefix' : 'regex',
    data: regex ?? prefixes.join(','),
    isAllStream: true,
    // The server joins prefixes with commas and cannot tell one that holds a comma; this can.
    prefixes,
  };
}

/** The definitions that can be read; what anybody else wrote there is passed over, as the server does. */
export function decodeDefinitions(data: Buffer): StoredDefinition[] {
  const entries = arrayIn(parse(data), 'entries');
  return entries.flatMap((entry) => readEntry(entry) ?? []);
}

type Fields = Readonly<Record<string, unknown>>;

function readEntry(entry: unknown): StoredDefinition | undefined {
  const fields = fieldsOf(entry);
  const name = readName(fields);
  const settings = readSettings(fields);
  const startPosition = fields['startPosition'];
  if (!name || !settings || typeof startPosition !== 'string') return undefined;
  const start = readStart(name.stream, startPosition);
  if (start === undefined) return undefined;
  const endWas = fields['endWas'];
  const filter = fields['filter'] === undefined ? undefined : readFilter(fieldsOf(fields['filter']));
  return { ...name, start, filter, settings, endWas: typeof endWas === 'number' ? endWas : undefined };
}

function readName({ stream, group }: Fields): GroupName | undefined {
  return typeof stream === 'string' && typeof group === 'string' ? { stream, group } : undefined;
}

function readSettings(fields: Fields): GroupSettings | undefined {
  const count = (name: string): number => {
    const value = fields[name];
    return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : NaN;
  };
  const settings: GroupSettings = {
    resolveLinks: fields['resolveLinkTos'] === true,
    extraStatistics: fields['extraStatistics'] === true,
    messageTimeout: count('messageTimeout'),
    maxRetryCount: count('maxRetryCount'),
    checkpointAfter: count('checkPointAfter'),
    minCheckpointCount: count('minCheckPointCount'),
    maxCheckpointCount: count('maxCheckPointCount'),
    maxSubscriberCount: count('maxSubscriberCount'),
    liveBufferSize: count('liveBufferSize'),
    readBatchSize: count('readBatchSize'),
    historyBufferSize: count('historyBufferSize'),
    strategy: String(fields['namedConsumerStrategy']),
  };
  const isWhole = !Object.values(settings).some((value) => Number.isNaN(value));
  return isWhole && isStrategyName(settings.strategy) ? settings : undefined;
}

function readFilter({ context, type, data, prefixes }: Fields): GroupFilter {
  const text = typeof data === 'string' ? data : '';
  const listed = Array.isArray(prefixes) ? prefixes.filter((prefix) => typeof prefix === 'string') : [];
  return {
    on: context === 'streamid' ? 'stream name' : 'event type',
    regex: type === 'regex' ? text : undefined,
    prefixes: type === 'regex' ? [] : listed.length > 0 ? listed : text.split(',').filter(Boolean),
  };
}

function parse(data: Buffer): unknown {
  try {
    return JSON.parse(data.toString('utf8'));
  } catch {
    return undefined;
  }
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function arrayIn(value: unknown, key: string): readonly unknown[] {
  const found = fieldsOf(value)[key];
  return Array.isArray(found) ? found : [];
}
