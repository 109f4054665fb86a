import { type FieldReader } from './field-reader.js';
import { messageField, numberField } from './fields.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Reads a UUID message, in its text or its two-integer form; undefined when it is no UUID. */
export function readUuid(reader: FieldReader): string | undefined {
  let text: string | undefined;
  while (reader.next()) {
    if (reader.field === 2) text = reader.text();
    else if (reader.field === 1) text = readStructured(reader.message());
    else reader.skip();
  }
  return text !== undefined && UUID.test(text) ? text.toLowerCase() : undefined;
}

function readStructured(reader: FieldReader): string {
  const bytes = Buffer.alloc(16);
  while (reader.next()) {
    if (reader.field === 1) bytes.writeBigUInt64BE(reader.unsigned64(), 0);
    else if (reader.field === 2) bytes.writeBigUInt64BE(reader.unsigned64(), 8);
    else reader.skip();
  }
  return uuidFromBytes(bytes);
}

export function uuidFromBytes(bytes: Buffer): string {
  const digits = bytes.toString('hex');
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    digits.slice(12, 16),
    digits.slice(16, 20),
    digits.slice(20, 32),
  ].join('-');
}

export function uuidToBytes(uuid: string): Buffer {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex');
}

/** The two-integer form of a UUID message, as a field. */
export function structuredUuidField(field: number, uuid: string): Buffer {
  const bytes = uuidToBytes(uuid);
  return messageField(
    field,
    messageField(1, numberField(1, bytes.readBigUInt64BE(0)), numberField(2, bytes.readBigUInt64BE(8))),
  );
}
