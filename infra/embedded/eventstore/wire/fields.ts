const EMPTY = Buffer.alloc(0);

/** How many bytes the varint of a number takes. */
export function sizeOfVarint(value: number): number {
  let size = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) size++;
  return size;
}

/** Writes a varint and returns the offset behind it. */
export function writeVarint(target: Buffer, offset: number, value: number): number {
  let position = offset;
  let rest = value;
  while (rest >= 0x10000000) {
    target[position++] = (rest % 128) | 0x80;
    rest = Math.floor(rest / 128);
  }
  while (rest >= 0x80) {
    target[position++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  target[position++] = rest;
  return position;
}

function varint(value: number | bigint): Buffer {
  if (typeof value === 'number') {
    const buffer = Buffer.allocUnsafe(sizeOfVarint(value));
    writeVarint(buffer, 0, value);
    return buffer;
  }
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

export function numberField(field: number, value: number | bigint): Buffer {
  return Buffer.concat([varint(field * 8), varint(value)]);
}

export function bytesField(field: number, value: Uint8Array): Buffer {
  return Buffer.concat([varint(field * 8 + 2), varint(value.length), value]);
}

export function textField(field: number, value: string): Buffer {
  return bytesField(field, Buffer.from(value, 'utf8'));
}

export function messageField(field: number, ...parts: Buffer[]): Buffer {
  return bytesField(field, parts.length === 1 ? (parts[0] ?? EMPTY) : Buffer.concat(parts));
}

/** A message field without content, which is how the protocol says "this case". */
export function emptyField(field: number): Buffer {
  return bytesField(field, EMPTY);
}
