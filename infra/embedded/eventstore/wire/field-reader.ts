/** A message that does not follow the protobuf wire format. */
export class MalformedMessage extends Error {
  override readonly name = 'MalformedMessage';
}

const LENGTH_DELIMITED = 2;

/** Walks the fields of one protobuf message without copying it. */
export class FieldReader {
  field = 0;
  private wireType = 0;

  constructor(
    private readonly source: Buffer,
    private position = 0,
    private readonly end = source.length,
  ) {}

  /** Steps to the next field; its value must then be read or skipped. */
  next(): boolean {
    if (this.position >= this.end) return false;
    const tag = this.number();
    this.field = Math.floor(tag / 8);
    this.wireType = tag % 8;
    return true;
  }

  /** A varint as a number: exact up to 2^53, which every length, count and flag is below. */
  number(): number {
    let result = 0;
    let factor = 1;
    for (let count = 0; count < 10; count++) {
      const byte = this.byte();
      result += (byte & 0x7f) * factor;
      if (byte < 0x80) return result;
      factor *= 128;
    }
    throw new MalformedMessage('a varint is longer than ten bytes');
  }

  /** A varint as an unsigned 64 bit integer, exact over the whole range. */
  unsigned64(): bigint {
    let result = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.byte();
      result |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, result);
    }
    throw new MalformedMessage('a varint is longer than ten bytes');
  }

  /** A varint of a signed field as a number: exact up to 2^53 on both sides. */
  signed64(): number {
    return Number(BigInt.asIntN(64, this.unsigned64()));
  }

  flag(): boolean {
    return this.number() !== 0;
  }

  bytes(): Buffer {
    const start = this.enter();
    return this.source.subarray(start, this.position);
  }

  text(): string {
    const start = this.enter();
    return this.source.toString('utf8', start, this.position);
  }

  message(): FieldReader {
    const start = this.enter();
    return new FieldReader(this.source, start, this.position);
  }

  skip(): void {
    if (this.wireType === 0) this.number();
    else if (this.wireType === 1) this.advance(8);
    else if (this.wireType === LENGTH_DELIMITED) this.enter();
    else if (this.wireType === 5) this.advance(4);
    else throw new MalformedMessage(`wire type ${this.wireType} is unknown`);
  }

  /** Passes over a length-delimited value and returns where it started. */
  private enter(): number {
    if (this.wireType !== LENGTH_DELIMITED) throw new MalformedMessage(`field ${this.field} is no bytes`);
    const length = this.number();
    const start = this.position;
    this.advance(length);
    return start;
  }

  private byte(): number {
    if (this.position >= this.end) throw new MalformedMessage('the message ends inside a varint');
    return this.source[this.position++] ?? 0;
  }

  private advance(length: number): void {
    if (this.position + length > this.end) throw new MalformedMessage('a field is longer than its message');
    this.position += length;
  }
}
