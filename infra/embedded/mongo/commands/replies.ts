import { serialize } from 'bson';
import { ByteWriter } from '../bson/byte-writer.js';
import { BsonType } from '../bson/value.js';
import { type Reply } from './command.js';

export function encodeReplyDocument(reply: Reply): Buffer {
  if (Buffer.isBuffer(reply)) return reply;
  return Buffer.from(serialize({ ...reply, ok: 1 }));
}

/** A cursor reply: the stored bytes of the documents go straight in. */
export function cursorReply(
  batchName: 'firstBatch' | 'nextBatch',
  namespace: string,
  id: bigint,
  documents: readonly Buffer[],
): Buffer {
  const size = documents.reduce((sum, document) => sum + document.length + 9, 128 + namespace.length * 3);
  const writer = new ByteWriter(size);
  writer.int32(0);
  writer.byte(BsonType.document);
  writer.zeroTerminated('cursor');
  const cursorStart = writer.length;
  writer.int32(0);
  writer.byte(BsonType.array);
  writer.zeroTerminated(batchName);
  const batchStart = writer.length;
  writer.int32(0);
  for (const [index, document] of documents.entries()) {
    writer.byte(BsonType.document);
    writer.zeroTerminated(String(index));
    writer.copy(document);
  }
  endDocument(writer, batchStart);
  writer.byte(BsonType.int64);
  writer.zeroTerminated('id');
  writer.int64(id);
  writer.byte(BsonType.string);
  writer.zeroTerminated('ns');
  writer.int32(Buffer.byteLength(namespace) + 1);
  writer.zeroTerminated(namespace);
  endDocument(writer, cursorStart);
  writer.byte(BsonType.double);
  writer.zeroTerminated('ok');
  writer.reserve(9);
  writer.length = writer.bytes.writeDoubleLE(1, writer.length);
  endDocument(writer, 0);
  return writer.bytes.subarray(0, writer.length);
}

function endDocument(writer: ByteWriter, start: number): void {
  writer.byte(0);
  writer.bytes.writeInt32LE(writer.length - start, start);
}
