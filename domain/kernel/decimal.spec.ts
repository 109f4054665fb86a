import fc from 'fast-check';
import {
  absoluteDifference,
  type Decimal,
  type DecimalNotation,
  decimalFromInteger,
  decimalOne,
  formatDecimal,
  isWithinBasisPoints,
  multiplyDecimals,
  parseDecimal,
  ratioText,
  sumOfDecimals,
} from './decimal.js';

const decimal = (text: string): Decimal => {
  const value = parseDecimal(text);
  if (typeof value !== 'bigint') throw new Error(`${text} ${value.reason}`);
  return value;
};
const anyDecimal = fc
  .bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n })
  .map((value) => value as Decimal);

describe('a decimal', () => {
  it.each<[string, string, DecimalNotation?]>([
    ['0', '0'],
    ['-0', '0'],
    ['+7', '7'],
    ['007', '7'],
    ['.5', '0.5'],
    ['-12.3400', '-12.34'],
    ['189.423000000001', '189.423000000001'],
    ['1.0000000000000', '1'],
    ['99999999999999999999999999.999999999999', '99999999999999999999999999.999999999999'],
    ['00000000000000000000000000000001', '1'],
    ['1,234,567.5', '1234567.5', { thousandsSeparator: ',' }],
    ['1000', '1000', { thousandsSeparator: ',' }],
    ['1.234.567,5', '1234567.5', { thousandsSeparator: '.', decimalSeparator: ',' }],
    ["1'000", '1000', { thousandsSeparator: "'" }],
  ])('reads %s as %s', (text, expected, notation = {}) => {
    const value = parseDecimal(text, notation);
    expect(typeof value === 'bigint' ? formatDecimal(value) : value).toBe(expected);
  });

  it.each<[string, string, DecimalNotation?]>([
    ['', 'is empty'],
    ['abc', 'is not a number'],
    ['NaN', 'is not a number'],
    ['Infinity', 'is not a number'],
    ['0x10', 'is not a number'],
    ['--1', 'is not a number'],
    ['-', 'is not a number'],
    ['1 000', 'is not a number'],
    ['1.2.3', 'is not a number'],
    ['١٢', 'is not a number'],
    ['1,000', 'is not a number'],
    ['5.', 'is not a number: nothing follows its decimal point'],
    ['1e400', 'is written with an exponent, which is not accepted'],
    ['1.5E-3', 'is written with an exponent, which is not accepted'],
    ['1'.repeat(40), 'has 40 integer digits, at most 26 are kept'],
    ['0.1234567890123', 'has 13 fractional digits, at most 12 are kept'],
    ['1,00,0', 'has a misplaced thousands separator ","', { thousandsSeparator: ',' }],
    ['1000,000', 'has a misplaced thousands separator ","', { thousandsSeparator: ',' }],
    [',100', 'has a misplaced thousands separator ","', { thousandsSeparator: ',' }],
    ['1,000.000,1', 'is not a number', { thousandsSeparator: ',' }],
    ['1,,000', 'has a misplaced thousands separator ","', { thousandsSeparator: ',' }],
  ])('refuses "%s": it %s', (text, reason, notation = {}) => {
    expect(parseDecimal(text, notation)).toEqual({ reason });
  });

  it('is written so that it reads back the same, in the shortest way', () => {
    fc.assert(
      fc.property(anyDecimal, (value) => {
        const text = formatDecimal(value);
        expect(parseDecimal(text)).toBe(value);
        expect(text).not.toMatch(/\.\d*0$|^-0$/);
      }),
    );
  });

  it('has the same distance from either side', () => {
    fc.assert(
      fc.property(anyDecimal, anyDecimal, (left, right) => {
        expect(absoluteDifference(left, right)).toBe(absoluteDifference(right, left));
        expect(absoluteDifference(left, right)).toBeGreaterThanOrEqual(0n);
      }),
    );
  });

  it('is judged in basis points without rounding', () => {
    const base = decimal('100');
    expect(isWithinBasisPoints(decimal('0.01'), base, decimalOne)).toBe(true);
    expect(isWithinBasisPoints(decimal('0.010000000001'), base, decimalOne)).toBe(false);
    expect(isWithinBasisPoints(decimal('0.000000000001'), decimal('0'), decimalOne)).toBe(false);
  });

  it.each([
    ['0.05', '100', 10_000n, '5.00'],
    ['1', '3', 100n, '33.33'],
    ['2', '3', 100n, '66.67'],
    ['0', '0', 100n, '0.00'],
    ['1', '0', 100n, 'infinitely many'],
  ])('tells %s of %s in %d parts as %s', (difference, base, parts, text) => {
    expect(ratioText(decimal(difference), decimal(base), parts)).toBe(text);
  });

  it('is added and multiplied exactly, and rounded half away from zero', () => {
    expect(sumOfDecimals([decimal('0.1'), decimal('0.2')])).toBe(decimal('0.3'));
    expect(decimalFromInteger(-3)).toBe(decimal('-3'));
    expect(multiplyDecimals(decimal('201'), decimal('181.6103'))).toBe(decimal('36503.6703'));
    expect(multiplyDecimals(decimal('0.000000000001'), decimal('0.5'))).toBe(decimal('0.000000000001'));
    expect(multiplyDecimals(decimal('-0.000000000001'), decimal('0.5'))).toBe(decimal('-0.000000000001'));
  });
});
