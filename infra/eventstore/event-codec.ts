import { InvalidRequest, InvariantBroken } from '../../domain/kernel/errors.js';
import { isSealed } from '../../domain/kernel/erasable.js';
import type { AnyEvent, CommandContext, EventDefinition, Recorded } from '../../domain/kernel/event.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../domain/kernel/json.js';
import { isStreamName, parseStreamName } from '../../domain/kernel/names.js';
import type { StoredEvent } from '../../domain/kernel/ports/event-log.js';
import type { UnlinkedEvent } from './chain.js';
import { toStorableJson } from './canonical-json.js';

/** Encrypts and decrypts erasable values. */
export interface Sealer {
  seal(subject: string, value: JsonValue): Promise<JsonObject>;
  /** The value, or `Erased` once its subject's key is gone. */
  open(sealed: string): Promise<JsonValue>;
}

type Definitions = ReadonlyMap<string, EventDefinition>;

/** Between what deciders write and folds read, and what is stored: versions, upcasts, erasable values. */
export class EventCodec {
  private readonly definitions: Definitions;

  constructor(
    definitions: readonly Readonly<Record<string, EventDefinition>>[],
    private readonly sealer: Sealer,
  ) {
    this.definitions = collect(definitions);
  }

  /** Others may write to the same log, and may use the same words: what is not linked and named as ours is not ours. */
  isOurs({ type, stream, metadata }: StoredEvent): boolean {
    return this.definitions.has(type) && 'a.v' in metadata && isStreamName(stream);
  }

  /** Settles an event's bytes: today's version, erasable values sealed. @throws InvalidRequest `json.refused` */
  async encode(event: AnyEvent, context: CommandContext, salt: string): Promise<UnlinkedEvent> {
    const definition = this.definition(event.type);
    const plain = toStorableJson(event.data);
    refuseSealed(plain, '');
    const data: Record<string, JsonValue> = { ...plain };
    for (const [field, subjectOf] of Object.entries(definition.erasable)) {
      const value = plain[field];
      if (subjectOf && value !== undefined)
        data[field] = await this.sealer.seal(subjectOf(plain as never, context), value);
    }
    return { type: event.type, schema: definition.version, data, context, salt };
  }

  /** An event of today's version, erasable values still sealed: what projections fold. */
  decodeSealed(stored: StoredEvent): Recorded<AnyEvent> {
    const definition = this.definition(stored.type);
    const schema = Number(metadataText(stored, 'a.schema'));
    if (!Number.isInteger(schema) || schema < 1 || schema > definition.version)
      throw new InvariantBroken('log.unknown-schema', `${stored.type} of version ${schema} cannot be read`, {
        stream: stored.stream,
        revision: stored.revision.toString(),
      });
    if (!isJsonObject(stored.data)) throw new InvariantBroken('log.no-data', `${stored.type} has no data`);
    let data: object = stored.data;
    for (let version = schema; version < definition.version; version++)
      data = definition.upcasts[version]?.(data as never) ?? data;
    return { type: stored.type, data, ...provenanceOf(stored) };
  }

  /** An event that may be beyond reading, for those that only name it: without its data. */
  undecoded(stored: StoredEvent): Recorded<AnyEvent> {
    return { type: stored.type, data: {}, ...provenanceOf(stored) };
  }

  /** An event of today's version, erasable values opened, or `Erased`: what deciders fold. */
  async decode(stored: StoredEvent): Promise<Recorded<AnyEvent>> {
    const event = this.decodeSealed(stored);
    if (Object.keys(this.definition(stored.type).erasable).length === 0) return event;
    return { ...event, data: await this.openAll(event.data) };
  }

  /** Opens every sealed value directly inside a document or an event. */
  async openAll(document: object): Promise<object> {
    const opened: Record<string, unknown> = { ...document };
    for (const [field, value] of Object.entries(document))
      if (isSealed(value)) opened[field] = await this.sealer.open(value.$sealed);
    return opened;
  }

  private definition(type: string): EventDefinition {
    const definition = this.definitions.get(type);
    if (!definition)
      throw new InvariantBroken('log.unknown-type', `no definition for events of type ${type}`);
    return definition;
  }
}

function collect(tables: readonly Readonly<Record<string, EventDefinition>>[]): Definitions {
  const definitions = new Map<string, EventDefinition>();
  for (const table of tables)
    for (const [type, definition] of Object.entries(table)) {
      const other = definitions.get(type);
      if (other && other !== definition) throw new RangeError(`the event type ${type} is defined twice`);
      definitions.set(type, definition);
    }
  return definitions;
}

/** Who could pass ciphertext off as his own data would be shown what is in it. */
function refuseSealed(value: JsonValue, path: string): void {
  if (typeof value !== 'object' || value === null) return;
  if (isSealed(value))
    throw new InvalidRequest('json.refused', `${path || 'the value'} poses as a sealed value`, { path });
  for (const [key, member] of Object.entries(value)) refuseSealed(member, `${path}/${key}`);
}

function metadataText(stored: StoredEvent, key: string): string {
  const value = stored.metadata[key];
  return typeof value === 'string' ? value : '';
}

function provenanceOf(stored: StoredEvent) {
  const workspace = parseStreamName(stored.stream)?.workspace;
  if (!workspace) throw new InvariantBroken('log.no-workspace', `${stored.stream} belongs to no workspace`);
  return {
    id: stored.id,
    stream: stored.stream,
    revision: stored.revision,
    position: stored.position,
    workspace,
    at: metadataText(stored, 'a.at'),
    actor: metadataText(stored, 'a.actor'),
    commandId: metadataText(stored, 'a.cmd'),
    correlationId: metadataText(stored, 'a.corr'),
    causationId: metadataText(stored, 'a.cause'),
  };
}
