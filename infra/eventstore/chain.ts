import { hash } from 'node:crypto';
import { isJsonObject, type JsonObject } from '../../domain/kernel/json.js';
import type { CommandContext } from '../../domain/kernel/event.js';
import type { StreamName } from '../../domain/kernel/names.js';
import type { EventToAppend, StoredEvent } from '../../domain/kernel/ports/event-log.js';
import { canonicalJson, refuseUnstorable } from './canonical-json.js';

/**
 * The inline chain: each event carries the SHA-256 of its content and of its predecessor in the stream
 * (docs/audit-chain.md). A stored format: it never changes, a new one gets a new `a.v`.
 */
export const chainVersion = '1';

/** An event whose data is settled and whose place is not yet. */
export interface UnlinkedEvent {
  readonly type: string;
  readonly schema: number;
  readonly data: JsonObject;
  readonly context: CommandContext;
  /** 128 random bits, lower-case hex: keeps a hash from confirming a guess of the data. */
  readonly salt: string;
}

/** What the next event of a stream links to. */
export interface ChainLink {
  readonly revision: bigint;
  readonly hash: string;
}

export function genesisHash(origin: string, stream: string): string {
  return hash('sha256', `axion/gen/1\n${origin}\n${stream}`);
}

function payloadHash(salt: string, data: JsonObject): string {
  return hash('sha256', `axion/ph/1\n${canonicalJson({ data, salt })}`);
}

type HashedFields = Readonly<
  Record<
    | 'v'
    | 'origin'
    | 'stream'
    | 'rev'
    | 'type'
    | 'ws'
    | 'at'
    | 'actor'
    | 'cmd'
    | 'corr'
    | 'cause'
    | 'schema'
    | 'prev'
    | 'ph',
    string
  >
>;

function eventHash(fields: HashedFields): string {
  return hash('sha256', `axion/ev/1\n${canonicalJson(fields)}`);
}

/** The first 128 bits of an event's hash as a UUID of version 8 (RFC 9562). */
export function contentId(eventHashHex: string): string {
  const variant = ((Number.parseInt(eventHashHex.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  const h = eventHashHex;
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-8${h.slice(13, 16)}-${variant}${h.slice(17, 20)}-${h.slice(20, 32)}`;
}

/** Links events to the end of their stream: their metadata, their ids, and the new end. */
export function linkEvents(
  origin: string,
  stream: StreamName,
  last: ChainLink | undefined,
  events: readonly UnlinkedEvent[],
): readonly EventToAppend[] {
  let previous = last?.hash ?? genesisHash(origin, stream);
  let revision = (last?.revision ?? -1n) + 1n;
  return events.map(({ type, schema, data, context, salt }) => {
    const ph = payloadHash(salt, data);
    // In the order in which they are hashed, so that nobody has to sort them.
    const fields = {
      actor: context.actor,
      at: context.at,
      cause: context.causationId,
      cmd: context.commandId,
      corr: context.correlationId,
      origin,
      ph,
      prev: previous,
      rev: revision.toString(),
      schema: schema.toString(),
      stream,
      type,
      v: chainVersion,
      ws: context.workspace,
    };
    const h = eventHash(fields);
    previous = h;
    revision += 1n;
    return { id: contentId(h), type, data, metadata: chainMetadata(fields, salt, h) };
  });
}

function chainMetadata(fields: HashedFields, salt: string, h: string): Record<string, string> {
  return {
    'a.v': fields.v,
    'a.origin': fields.origin,
    'a.ws': fields.ws,
    'a.at': fields.at,
    'a.actor': fields.actor,
    'a.cmd': fields.cmd,
    'a.corr': fields.corr,
    'a.cause': fields.cause,
    'a.schema': fields.schema,
    'a.salt': salt,
    'a.prev': fields.prev,
    'a.ph': fields.ph,
    'a.h': h,
    $correlationId: fields.corr,
    $causationId: fields.cause,
  };
}

const chainMetadataKeys = [
  'a.v',
  'a.origin',
  'a.ws',
  'a.at',
  'a.actor',
  'a.cmd',
  'a.corr',
  'a.cause',
  'a.schema',
  'a.salt',
  'a.prev',
  'a.ph',
  'a.h',
  '$correlationId',
  '$causationId',
];

/** The hash that an event bears; undefined when it bears none. */
export function hashOf(event: StoredEvent): string | undefined {
  const h = event.metadata['a.h'];
  return typeof h === 'string' ? h : undefined;
}

/**
 * The hash that an event has by its content and its place, whatever hashes it bears.
 *
 * @returns undefined for one that could not have been stored as an audited event
 */
export function contentHash(event: StoredEvent): string | undefined {
  const { data, metadata } = event;
  if (chainMetadataKeys.some((key) => typeof metadata[key] !== 'string') || !isStorable(data))
    return undefined;
  const text = textsOf(event);
  return eventHash(hashedFieldsOf(event, text, payloadHash(text('a.salt'), data)));
}

/** Values of the metadata; the empty text for what is none. */
function textsOf({ metadata }: StoredEvent): (key: string) => string {
  return (key) => {
    const value = metadata[key];
    return typeof value === 'string' ? value : '';
  };
}

function hashedFieldsOf(
  { stream, revision, type }: StoredEvent,
  text: (key: string) => string,
  ph: string,
): HashedFields {
  return {
    actor: text('a.actor'),
    at: text('a.at'),
    cause: text('a.cause'),
    cmd: text('a.cmd'),
    corr: text('a.corr'),
    origin: text('a.origin'),
    ph,
    prev: text('a.prev'),
    rev: revision.toString(),
    schema: text('a.schema'),
    stream,
    type,
    v: text('a.v'),
    ws: text('a.ws'),
  };
}

function isStorable(data: unknown): data is JsonObject {
  try {
    refuseUnstorable(data);
    return isJsonObject(data);
  } catch {
    return false;
  }
}

/**
 * Checks one event against the end of its stream so far.
 *
 * @returns what is wrong with it, in words; undefined when it is whole
 */
export function faultOf(event: StoredEvent, origin: string, last: ChainLink | undefined): string | undefined {
  const text = textsOf(event);
  const missing = chainMetadataKeys.find((key) => typeof event.metadata[key] !== 'string');
  if (missing !== undefined) return `its metadata holds no ${missing}`;
  if (text('a.v') !== chainVersion) return `its chain version is "${text('a.v')}"`;
  if (text('a.origin') !== origin) return 'it was written for another origin';
  const expectedRevision = (last?.revision ?? -1n) + 1n;
  if (event.revision !== expectedRevision)
    return `its revision is ${event.revision}, where ${expectedRevision} follows`;
  if (text('a.prev') !== (last?.hash ?? genesisHash(origin, event.stream)))
    return 'it does not link to the event before it';
  const data = event.data;
  // The gate before storing lets nothing else through: 1e999, for one, would be hashed as if it were null.
  if (!isStorable(data)) return 'its data is not what could have been stored';
  if (payloadHash(text('a.salt'), data) !== text('a.ph')) return 'its data is not what was hashed';
  if (text('$correlationId') !== text('a.corr') || text('$causationId') !== text('a.cause'))
    return 'its correlation is not what was hashed';
  const h = eventHash(hashedFieldsOf(event, text, text('a.ph')));
  if (h !== text('a.h')) return 'its metadata is not what was hashed';
  if (contentId(h) !== event.id) return 'its id is not its content';
  return undefined;
}
