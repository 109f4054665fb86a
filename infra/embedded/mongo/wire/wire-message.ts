import { BsonValue } from '../bson/value.js';
import { checkDocument } from '../bson/check.js';

export const LARGEST_MESSAGE = 48_000_000;
const HEADER = 16;
const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;
const CHECKSUM_PRESENT = 1;
const MORE_TO_COME = 2;
/** Bits 0 to 15 must be understood; of them only these two exist. */
const REQUIRED_BITS = 0xffff & ~(CHECKSUM_PRESENT | MORE_TO_COME);

/** The bytes are no message this node understands; the connection cannot go on. */
export class WireError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'WireError';
  }
}

export interface Request {
  readonly requestId: number;
  /** OP_QUERY is only spoken until the first handshake is answered. */
  readonly legacy: boolean;
  /** The client wants no answer (unacknowledged writes). */
  readonly silent: boolean;
  readonly body: BsonValue;
  /** Documents that came beside the body, by the field they belong to. */
  readonly sequences: ReadonlyMap<string, readonly BsonValue[]>;
}

/** The length of the message that begins here, or undefined while its header has not arrived. */
export function messageLength(bytes: Buffer): number | undefined {
  if (bytes.length < 4) return undefined;
  const length = bytes.readInt32LE(0);
  if (length < HEADER || length > LARGEST_MESSAGE)
    throw new WireError(`message length ${length} is not allowed`);
  return length;
}

export function parseMessage(bytes: Buffer): Request {
  if (bytes.length < HEADER + 5) throw new WireError('message too short');
  const requestId = bytes.readInt32LE(4);
  const operation = bytes.readInt32LE(12);
  if (operation === OP_MSG) return parseMsg(bytes, requestId);
  if (operation === OP_QUERY) return parseQuery(bytes, requestId);
  throw new WireError(`operation ${operation} is not spoken here`);
}

function documentAt(bytes: Buffer, start: number, limit: number): BsonValue {
  if (start + 5 > limit) throw new WireError('document outside its message');
  const end = start + bytes.readInt32LE(start);
  if (end > limit) throw new WireError('document outside its message');
  checkDocument(bytes, start, end);
  return new BsonValue(3, bytes, start, end);
}

function parseMsg(bytes: Buffer, requestId: number): Request {
  const flags = bytes.readUInt32LE(HEADER);
  if ((flags & REQUIRED_BITS) !== 0) throw new WireError(`unknown required flags ${flags}`);
  const end = bytes.length - ((flags & CHECKSUM_PRESENT) === 0 ? 0 : 4);
  const sequences = new Map<string, BsonValue[]>();
  let body: BsonValue | undefined;
  let position = HEADER + 4;
  while (position < end) {
    const kind = bytes[position];
    position += 1;
    if (kind === 0) {
      if (body !== undefined) throw new WireError('a message has one body');
      body = documentAt(bytes, position, end);
      position = body.end;
    } else if (kind === 1) {
      const sectionEnd = position + bytes.readInt32LE(position);
      const nameEnd = bytes.indexOf(0, position + 4);
      if (sectionEnd > end || nameEnd < 0 || nameEnd >= sectionEnd)
        throw new WireError('section outside its message');
      const name = bytes.toString('utf8', position + 4, nameEnd);
      const documents: BsonValue[] = [];
      position = nameEnd + 1;
      while (position < sectionEnd) {
        const document = documentAt(bytes, position, sectionEnd);
        documents.push(document);
        position = document.end;
      }
      sequences.set(name, documents);
    } else throw new WireError(`section kind ${kind ?? -1} is unknown`);
  }
  if (body === undefined) throw new WireError('a message needs a body');
  return { requestId, legacy: false, silent: (flags & MORE_TO_COME) !== 0, body, sequences };
}

function parseQuery(bytes: Buffer, requestId: number): Request {
  const nameEnd = bytes.indexOf(0, HEADER + 4);
  if (nameEnd < 0) throw new WireError('collection name without an end');
  const body = documentAt(bytes, nameEnd + 9, bytes.length);
  return { requestId, legacy: true, silent: false, body, sequences: new Map() };
}

let lastRequestId = 0;

function writeHeader(message: Buffer, responseTo: number, operation: number): void {
  lastRequestId = (lastRequestId + 1) & 0x7fff_ffff;
  message.writeInt32LE(message.length, 0);
  message.writeInt32LE(lastRequestId, 4);
  message.writeInt32LE(responseTo, 8);
  message.writeInt32LE(operation, 12);
}

/** Frames a reply in the protocol the request came in. */
export function encodeReply(request: Request, document: Buffer): Buffer {
  if (request.legacy) {
    const reply = Buffer.alloc(HEADER + 20 + document.length);
    writeHeader(reply, request.requestId, OP_REPLY);
    reply.writeInt32LE(8, HEADER);
    reply.writeInt32LE(1, HEADER + 16);
    document.copy(reply, HEADER + 20);
    return reply;
  }
  const reply = Buffer.allocUnsafe(HEADER + 5 + document.length);
  writeHeader(reply, request.requestId, OP_MSG);
  reply.writeUInt32LE(0, HEADER);
  reply[HEADER + 4] = 0;
  document.copy(reply, HEADER + 5);
  return reply;
}
