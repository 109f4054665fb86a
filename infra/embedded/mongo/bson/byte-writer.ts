/** A buffer that grows, for documents and keys whose length is known only when they are written. */
export class ByteWriter {
  bytes: Buffer;
  length = 0;

  constructor(initial = 256) {
    this.bytes = Buffer.allocUnsafe(initial);
  }

  reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.length + more));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }

  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.length] = value;
    this.length += 1;
  }

  int32(value: number): void {
    this.reserve(4);
    this.length = this.bytes.writeInt32LE(value, this.length);
  }

  int64(value: bigint): void {
    this.reserve(8);
    this.length = this.bytes.writeBigInt64LE(value, this.length);
  }

  uint32BigEndian(value: number): void {
    this.reserve(4);
    this.length = this.bytes.writeUInt32BE(value, this.length);
  }

  zeroTerminated(text: string): void {
    this.reserve(text.length * 3 + 1);
    this.length += this.bytes.write(text, this.length, 'utf8');
    this.bytes[this.length] = 0;
    this.length += 1;
  }

  copy(source: Buffer, start = 0, end = source.length): void {
    this.reserve(end - start);
    this.length += source.copy(this.bytes, this.length, start, end);
  }

  /** Turns the order of everything written since `from` around. */
  complement(from: number): void {
    for (let index = from; index < this.length; index += 1) {
      this.bytes[index] = ~(this.bytes[index] ?? 0) & 0xff;
    }
  }

  /** A copy of its own: the writer may be used again. */
  take(): Buffer {
    return Buffer.from(this.bytes.subarray(0, this.length));
  }
}
