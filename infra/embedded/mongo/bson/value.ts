import { serialize } from 'bson';
import { CommandError } from '../errors.js';

/** The type bytes of BSON. */
export const BsonType = {
  double: 1,
  string: 2,
  document: 3,
  array: 4,
  binary: 5,
  undefined: 6,
  objectId: 7,
  boolean: 8,
  date: 9,
  null: 10,
  regex: 11,
  dbPointer: 12,
  javascript: 13,
  symbol: 14,
  javascriptWithScope: 15,
  int32: 16,
  timestamp: 17,
  int64: 18,
  decimal128: 19,
  maxKey: 127,
  minKey: 255,
} as const;

/**
 * One BSON value as the bytes it came in. Nothing is decoded before somebody asks, and what nobody asked for
 * is written back byte for byte: this is what keeps Long, Int32, Double and the order of keys apart.
 */
export class BsonValue {
  constructor(
    readonly type: number,
    readonly bytes: Buffer,
    readonly start: number,
    readonly end: number,
  ) {}

  /** A whole document held in a buffer. */
  static document(bytes: Buffer): BsonValue {
    return new BsonValue(BsonType.document, bytes, 0, bytes.length);
  }

  static from(value: unknown): BsonValue {
    const bytes = Buffer.from(serialize({ v: value }, { ignoreUndefined: false }));
    const type = bytes[4] ?? 0;
    return new BsonValue(type, bytes, 7, bytes.length - 1);
  }

  get isDocument(): boolean {
    return this.type === BsonType.document;
  }

  get isArray(): boolean {
    return this.type === BsonType.array;
  }

  get isNullish(): boolean {
    return this.type === BsonType.null || this.type === BsonType.undefined;
  }

  slice(): Buffer {
    return this.bytes.subarray(this.start, this.end);
  }

  equalsBytes(other: BsonValue): boolean {
    return (
      this.type === other.type &&
      this.bytes.compare(other.bytes, other.start, other.end, this.start, this.end) === 0
    );
  }

  /** The text of a string, symbol or code value. */
  text(): string {
    return this.bytes.toString('utf8', this.start + 4, this.end - 1);
  }

  boolean(): boolean {
    return this.bytes[this.start] !== 0;
  }
}

/** The number of bytes a value of this type takes at this place. */
export function valueLength(type: number, bytes: Buffer, start: number): number {
  switch (type) {
    case BsonType.double:
    case BsonType.date:
    case BsonType.timestamp:
    case BsonType.int64:
      return 8;
    case BsonType.string:
    case BsonType.javascript:
    case BsonType.symbol:
      return 4 + bytes.readInt32LE(start);
    case BsonType.document:
    case BsonType.array:
    case BsonType.javascriptWithScope:
      return bytes.readInt32LE(start);
    case BsonType.binary:
      return 5 + bytes.readInt32LE(start);
    case BsonType.objectId:
      return 12;
    case BsonType.boolean:
      return 1;
    case BsonType.undefined:
    case BsonType.null:
    case BsonType.minKey:
    case BsonType.maxKey:
      return 0;
    case BsonType.regex: {
      const patternEnd = bytes.indexOf(0, start);
      return bytes.indexOf(0, patternEnd + 1) + 1 - start;
    }
    case BsonType.dbPointer:
      return 4 + bytes.readInt32LE(start) + 12;
    case BsonType.int32:
      return 4;
    case BsonType.decimal128:
      return 16;
    default:
      throw new CommandError('InvalidBSON', `Unrecognized BSON type ${type}`);
  }
}
