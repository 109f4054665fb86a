const COEFFICIENT_LIMIT = 10n ** 34n;
const EXPONENT_BIAS = 6176;
const MASK_49 = (1n << 49n) - 1n;

type DecimalKind = 'finite' | 'infinite' | 'nan';

/** `±coefficient × 10^exponent`, exact: also able to hold every int64 and every double. */
export class Decimal {
  constructor(
    readonly kind: DecimalKind,
    readonly negative: boolean,
    readonly coefficient: bigint,
    readonly exponent: number,
  ) {}

  static from(value: number | bigint | Decimal): Decimal {
    if (value instanceof Decimal) return value;
    if (typeof value === 'bigint') {
      return new Decimal('finite', value < 0n, value < 0n ? -value : value, 0);
    }
    if (Number.isSafeInteger(value)) return Decimal.from(BigInt(value));
    if (Number.isNaN(value)) return new Decimal('nan', false, 0n, 0);
    if (!Number.isFinite(value)) return new Decimal('infinite', value < 0, 0n, 0);
    return exactDouble(value);
  }

  get isZero(): boolean {
    return this.kind === 'finite' && this.coefficient === 0n;
  }

  /** -1, 0 or 1. */
  get sign(): number {
    if (this.isZero) return 0;
    return this.negative ? -1 : 1;
  }

  /** The nearest double. */
  toNumber(): number {
    if (this.kind === 'nan') return Number.NaN;
    if (this.kind === 'infinite') return this.negative ? -Infinity : Infinity;
    return Number(`${this.negative ? '-' : ''}${this.coefficient.toString()}e${this.exponent}`);
  }
}

/** A double is `mantissa × 2^power`; a negative power of two is a finite decimal: `mantissa × 5^n × 10^-n`. */
function exactDouble(value: number): Decimal {
  const bits = Buffer.allocUnsafe(8);
  bits.writeDoubleBE(value);
  const raw = bits.readBigUInt64BE();
  const exponentBits = Number((raw >> 52n) & 0x7ffn);
  const fraction = raw & 0xf_ffff_ffff_ffffn;
  const mantissa = exponentBits === 0 ? fraction : fraction | (1n << 52n);
  const power = (exponentBits === 0 ? 1 : exponentBits) - 1075;
  const negative = raw >> 63n === 1n;
  if (power >= 0) return new Decimal('finite', negative, mantissa << BigInt(power), 0);
  return new Decimal('finite', negative, mantissa * 5n ** BigInt(-power), power);
}

export function readDecimal(bytes: Buffer, start: number): Decimal {
  const low = bytes.readBigUInt64LE(start);
  const high = bytes.readBigUInt64LE(start + 8);
  const negative = high >> 63n === 1n;
  const combination = Number((high >> 58n) & 0x1fn);
  if (combination === 0x1f) return new Decimal('nan', false, 0n, 0);
  if (combination === 0x1e) return new Decimal('infinite', negative, 0n, 0);
  // The second form of the format can only hold coefficients above 34 digits, which count as zero.
  if (combination >= 0x18) {
    return new Decimal('finite', negative, 0n, Number((high >> 47n) & 0x3fffn) - EXPONENT_BIAS);
  }
  const coefficient = ((high & MASK_49) << 64n) | low;
  const exponent = Number((high >> 49n) & 0x3fffn) - EXPONENT_BIAS;
  return new Decimal('finite', negative, coefficient < COEFFICIENT_LIMIT ? coefficient : 0n, exponent);
}

function compareMagnitudes(left: Decimal, right: Decimal): number {
  const shared = Math.min(left.exponent, right.exponent);
  const leftScaled = left.coefficient * 10n ** BigInt(left.exponent - shared);
  const rightScaled = right.coefficient * 10n ** BigInt(right.exponent - shared);
  return leftScaled < rightScaled ? -1 : leftScaled > rightScaled ? 1 : 0;
}

/** Exact; NaN does not come here. */
export function compareDecimals(left: Decimal, right: Decimal): number {
  if (left.sign !== right.sign) return left.sign < right.sign ? -1 : 1;
  if (left.sign === 0) return 0;
  if (left.kind === 'infinite' || right.kind === 'infinite') {
    if (left.kind === right.kind) return 0;
    return left.kind === 'infinite' ? left.sign : -right.sign;
  }
  return compareMagnitudes(left, right) * left.sign;
}
