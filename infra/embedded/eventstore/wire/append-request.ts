import { type ExpectedRevision } from '../expected-revision.js';
import { type ProposedEvent } from '../store/record.js';
import { FieldReader } from './field-reader.js';
import { readUuid } from './uuid.js';

/** Why a proposed event cannot be taken. */
export type Flaw = 'no id' | 'no type' | 'empty type' | 'no content type';

export interface ProposedMessage {
  readonly event: ProposedEvent;
  readonly flaw: Flaw | undefined;
}

export interface AppendOptions {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  /** When the caller stops waiting, in milliseconds since 1970. */
  readonly deadline: number | undefined;
}

export interface AppendRequest {
  readonly options: AppendOptions | undefined;
  readonly message: ProposedMessage | undefined;
}

export interface BatchAppendRequest {
  /** The UUID message as the client sent it: it goes back unchanged. */
  readonly correlation: Buffer;
  readonly options: AppendOptions | undefined;
  readonly messages: readonly ProposedMessage[];
  readonly isFinal: boolean;
}

const NOTHING: Buffer = Buffer.alloc(0);

/** Reads event_store.client.streams.AppendReq: the options first, then one event in each message. */
export function decodeAppendRequest(bytes: Buffer): AppendRequest {
  const reader = new FieldReader(bytes);
  let options: AppendOptions | undefined;
  let message: ProposedMessage | undefined;
  while (reader.next()) {
    if (reader.field === 1) options = readAppendOptions(reader.message());
    else if (reader.field === 2) message = readProposedMessage(reader.message());
    else reader.skip();
  }
  return { options, message };
}

/** Reads event_store.client.streams.BatchAppendReq. */
export function decodeBatchAppendRequest(bytes: Buffer): BatchAppendRequest {
  const reader = new FieldReader(bytes);
  let correlation = NOTHING;
  let options: AppendOptions | undefined;
  const messages: ProposedMessage[] = [];
  let isFinal = false;
  while (reader.next()) {
    if (reader.field === 1) correlation = reader.bytes();
    else if (reader.field === 2) options = readAppendOptions(reader.message());
    else if (reader.field === 3) messages.push(readProposedMessage(reader.message()));
    else if (reader.field === 4) isFinal = reader.flag();
    else reader.skip();
  }
  return { correlation, options, messages, isFinal };
}

/** The options of an append; deletes share the layout of all but the deadline. */
export function readAppendOptions(reader: FieldReader): AppendOptions {
  let stream = '';
  let expected: ExpectedRevision = { kind: 'any' };
  let deadline: number | undefined;
  while (reader.next()) {
    switch (reader.field) {
      case 1:
        stream = readStreamName(reader.message());
        break;
      case 2:
        expected = { kind: 'exact', revision: reader.unsigned64() };
        break;
      case 3:
        reader.skip();
        expected = { kind: 'no stream' };
        break;
      case 4:
        reader.skip();
        expected = { kind: 'any' };
        break;
      case 5:
        reader.skip();
        expected = { kind: 'stream exists' };
        break;
      case 6:
        deadline = readTimestamp(reader.message());
        break;
      default:
        reader.skip();
    }
  }
  return { stream, expected, deadline };
}

export function readStreamName(reader: FieldReader): string {
  let name = '';
  while (reader.next()) {
    if (reader.field === 3) name = reader.text();
    else reader.skip();
  }
  return name;
}

function readTimestamp(reader: FieldReader): number {
  let seconds = 0;
  let nanoseconds = 0;
  while (reader.next()) {
    if (reader.field === 1) seconds = reader.number();
    else if (reader.field === 2) nanoseconds = reader.number();
    else reader.skip();
  }
  return seconds * 1000 + nanoseconds / 1e6;
}

function readProposedMessage(reader: FieldReader): ProposedMessage {
  let id: string | undefined;
  let type: string | undefined;
  let contentType: string | undefined;
  let metadata = NOTHING;
  let data = NOTHING;
  while (reader.next()) {
    switch (reader.field) {
      case 1:
        id = readUuid(reader.message());
        break;
      case 2: {
        const { key, value } = readMapEntry(reader.message());
        if (key === 'type') type = value;
        else if (key === 'content-type') contentType = value;
        break;
      }
      case 3:
        metadata = reader.bytes();
        break;
      case 4:
        data = reader.bytes();
        break;
      default:
        reader.skip();
    }
  }
  const isJson = contentType === 'application/json';
  return {
    event: { id: id ?? '', type: type ?? '', isJson, metadata, data },
    flaw: flawOf(id, type, contentType),
  };
}

function flawOf(
  id: string | undefined,
  type: string | undefined,
  contentType: string | undefined,
): Flaw | undefined {
  if (id === undefined) return 'no id';
  if (type === undefined) return 'no type';
  if (contentType === undefined) return 'no content type';
  return type === '' ? 'empty type' : undefined;
}

function readMapEntry(reader: FieldReader): { key: string; value: string } {
  let key = '';
  let value = '';
  while (reader.next()) {
    if (reader.field === 1) key = reader.text();
    else if (reader.field === 2) value = reader.text();
    else reader.skip();
  }
  return { key, value };
}
