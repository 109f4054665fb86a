import { FieldReader } from '../wire/field-reader.js';
import { sizeOfVarint, writeVarint } from '../wire/fields.js';
import { TOMBSTONE_REVISION } from './head.js';

/** An event as a writer proposes it. */
export interface ProposedEvent {
  readonly id: string;
  readonly type: string;
  readonly isJson: boolean;
  readonly metadata: Buffer;
  readonly data: Buffer;
}

/** Where and when an event was placed. */
export interface Placement {
  readonly stream: string;
  readonly streamNumber: number;
  readonly revision: number;
  readonly position: number;
  readonly createdAt: number;
}

/*
 * A record is a header of 64 bytes and, behind it, the whole ReadResp message a reader of the event gets. Reading
 * is then framing; the header says where the parts lie that filters and links need.
 */
const HEADER = 64;
const KIND = 0;
const FLAGS = 1;
const STREAM_NUMBER = 4;
const POSITION = 8;
const REVISION = 16;
const CREATED_AT = 24;
const RECORDED = 32;
const NAME = 40;
const TYPE = 48;
const DATA = 56;

const EVENT = 1;
const JSON_FLAG = 1;
const LINK_FLAG = 2;

/** The id is the first field of a recorded event: a UUID in text, of one length always. */
export const ID_FIELD_SIZE = 40;
const ID_START = Buffer.from([0x0a, 38, 0x12, 36]);

const MAP_ENTRY = 0x32;
const METADATA_FIELD = 7;
const NOTHING: Buffer = Buffer.alloc(0);
const TYPE_KEY = mapKey('type');
const CREATED_KEY = mapKey('created');
const JSON_ENTRY = wholeEntry('content-type', 'application/json');
const BINARY_ENTRY = wholeEntry('content-type', 'application/octet-stream');
const GREATEST_SIGNED_64 = Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]);

function mapKey(key: string): Buffer {
  return Buffer.concat([Buffer.from([0x0a, key.length]), Buffer.from(key)]);
}

function wholeEntry(key: string, value: string): Buffer {
  const content = Buffer.concat([mapKey(key), Buffer.from([0x12, value.length]), Buffer.from(value)]);
  return Buffer.concat([Buffer.from([MAP_ENTRY, content.length]), content]);
}

function delimited(length: number): number {
  return 1 + sizeOfVarint(length) + length;
}

function startField(target: Buffer, offset: number, tag: number, length: number): number {
  target[offset] = tag;
  return writeVarint(target, offset + 1, length);
}

/** Encodes an event with its place, once and for every reader to come. */
export function encodeEvent(event: ProposedEvent, place: Placement): Buffer {
  const name = Buffer.from(place.stream, 'utf8');
  const type = Buffer.from(event.type, 'utf8');
  const created = `${place.createdAt}0000`;
  const contentType = event.isJson ? JSON_ENTRY : BINARY_ENTRY;
  const isTombstone = place.revision === TOMBSTONE_REVISION;

  const identifier = delimited(name.length);
  const typeEntry = TYPE_KEY.length + delimited(type.length);
  const createdEntry = CREATED_KEY.length + delimited(created.length);
  const revisionSize = isTombstone ? GREATEST_SIGNED_64.length : sizeOfVarint(place.revision);
  const positionSize = sizeOfVarint(place.position);
  const recorded =
    ID_FIELD_SIZE +
    delimited(identifier) +
    delimited(typeEntry) +
    contentType.length +
    delimited(createdEntry) +
    (1 + revisionSize) +
    2 * (1 + positionSize) +
    (event.metadata.length > 0 ? delimited(event.metadata.length) : 0) +
    delimited(event.data.length);
  const readEvent = delimited(recorded) + 1 + positionSize;

  const bytes = Buffer.allocUnsafe(HEADER + delimited(readEvent));
  bytes.writeUInt32BE(0, KIND);
  bytes.writeUInt8(EVENT, KIND);
  bytes.writeUInt8((event.isJson ? JSON_FLAG : 0) | (event.type === '$>' ? LINK_FLAG : 0), FLAGS);
  bytes.writeUInt32BE(place.streamNumber, STREAM_NUMBER);
  bytes.writeDoubleBE(place.position, POSITION);
  bytes.writeDoubleBE(place.revision, REVISION);
  bytes.writeDoubleBE(place.createdAt, CREATED_AT);

  let offset = startField(bytes, HEADER, 0x0a, readEvent);
  offset = startField(bytes, offset, 0x0a, recorded);
  writeSpan(bytes, RECORDED, offset, recorded);
  offset += ID_START.copy(bytes, offset);
  offset += bytes.write(event.id, offset, 'latin1');
  offset = startField(bytes, offset, 0x12, identifier);
  offset = startField(bytes, offset, 0x1a, name.length);
  writeSpan(bytes, NAME, offset, name.length);
  offset += name.copy(bytes, offset);
  offset = startField(bytes, offset, MAP_ENTRY, typeEntry);
  offset += TYPE_KEY.copy(bytes, offset);
  offset = startField(bytes, offset, 0x12, type.length);
  writeSpan(bytes, TYPE, offset, type.length);
  offset += type.copy(bytes, offset);
  offset += contentType.copy(bytes, offset);
  offset = startField(bytes, offset, MAP_ENTRY, createdEntry);
  offset += CREATED_KEY.copy(bytes, offset);
  offset = startField(bytes, offset, 0x12, created.length);
  offset += bytes.write(created, offset, 'latin1');
  bytes[offset++] = 0x18;
  if (isTombstone) offset += GREATEST_SIGNED_64.copy(bytes, offset);
  else offset = writeVarint(bytes, offset, place.revision);
  offset = startField(bytes, offset, 0x20, place.position);
  offset = startField(bytes, offset, 0x28, place.position);
  if (event.metadata.length > 0) {
    offset = startField(bytes, offset, 0x3a, event.metadata.length);
    offset += event.metadata.copy(bytes, offset);
  }
  offset = startField(bytes, offset, 0x42, event.data.length);
  writeSpan(bytes, DATA, offset, event.data.length);
  offset += event.data.copy(bytes, offset);
  startField(bytes, offset, 0x18, place.position);
  return bytes;
}

function writeSpan(bytes: Buffer, at: number, start: number, length: number): void {
  bytes.writeUInt32BE(start, at);
  bytes.writeUInt32BE(length, at + 4);
}

/** A record without an event: it moves the end of the log, and no reader sees it. */
export function encodeMarker(position: number): Buffer {
  const bytes = Buffer.alloc(HEADER);
  bytes.writeDoubleBE(position, POSITION);
  return bytes;
}

/** One record of the log, read in place. */
export class LogRecord {
  constructor(readonly bytes: Buffer) {}

  get isEvent(): boolean {
    return this.bytes[KIND] === EVENT;
  }

  get isJson(): boolean {
    return this.hasFlag(JSON_FLAG);
  }

  get isLink(): boolean {
    return this.hasFlag(LINK_FLAG);
  }

  get streamNumber(): number {
    return this.bytes.readUInt32BE(STREAM_NUMBER);
  }

  get position(): number {
    return this.bytes.readDoubleBE(POSITION);
  }

  get revision(): number {
    return this.bytes.readDoubleBE(REVISION);
  }

  get createdAt(): number {
    return this.bytes.readDoubleBE(CREATED_AT);
  }

  get id(): string {
    const start = this.bytes.readUInt32BE(RECORDED) + ID_START.length;
    return this.bytes.toString('latin1', start, start + 36);
  }

  get stream(): string {
    return this.span(NAME).toString('utf8');
  }

  get type(): string {
    return this.span(TYPE).toString('utf8');
  }

  get data(): Buffer {
    return this.span(DATA);
  }

  /** The metadata that the writer gave with the event; empty when there was none. */
  get metadata(): Buffer {
    const fields = new FieldReader(this.recorded);
    while (fields.next()) {
      if (fields.field === METADATA_FIELD) return fields.bytes();
      fields.skip();
    }
    return NOTHING;
  }

  /** The RecordedEvent message. */
  get recorded(): Buffer {
    return this.span(RECORDED);
  }

  /** The ReadResp message for a reader who asked for nothing special. */
  get response(): Buffer {
    return this.bytes.subarray(HEADER);
  }

  private span(at: number): Buffer {
    const start = this.bytes.readUInt32BE(at);
    return this.bytes.subarray(start, start + this.bytes.readUInt32BE(at + 4));
  }

  private hasFlag(flag: number): boolean {
    return (this.bytes.readUInt8(FLAGS) & flag) !== 0;
  }
}
