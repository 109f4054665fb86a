import { axionCsv, type MappingProfile } from './mapping-profile.js';
import { compileProfile, type ProfileReader, type RowResult } from './read-row.js';

const brokerProfile: MappingProfile = {
  name: 'broker',
  format: 'csv',
  delimiter: ';',
  timeZone: 'America/New_York',
  columns: {
    tradeId: 'Ref',
    account: 'Acct',
    symbol: 'ISIN',
    side: 'B/S',
    quantity: 'Qty',
    price: 'Px',
    tradeDate: 'Date',
    tradeTime: 'Time',
    fees: 'Comm',
  },
  constants: { currency: 'USD' },
  dateFormat: 'dd/MM/yyyy',
  timeFormat: 'HH:mm:ss',
  thousandsSeparator: ',',
  sideCodes: { B: 'buy', S: 'sell' },
  symbols: { US0378331005: 'AAPL' },
};
const header = ['Ref', 'Acct', 'ISIN', 'B/S', 'Qty', 'Px', 'Date', 'Time', 'Comm'];
const cells = ['R1', 'FUND', 'US0378331005', 'B', '1,000', '189.4230', '12/06/2024', '09:57:55', '-3.50'];

function readerOf(profile: MappingProfile): ProfileReader {
  const compiled = compileProfile(profile);
  if ('reader' in compiled) return compiled.reader;
  throw new Error(JSON.stringify(compiled.problems));
}

function readRow(row: readonly string[], profile = brokerProfile, names = header): RowResult {
  const reader = readerOf(profile);
  expect(reader.header(names)).toEqual([]);
  return reader.row(7, row);
}

/** The row with other cells in the named columns. */
const rowWith = (changes: Record<string, string>): string[] =>
  cells.map((cell, index) => changes[header[index]!] ?? cell);

describe('a row', () => {
  it('becomes a record, with its symbol resolved, its constants and its time in UTC', () => {
    expect(readRow(cells)).toEqual({
      record: {
        upload: 0,
        line: 7,
        tradeId: 'R1',
        account: 'FUND',
        symbol: 'AAPL',
        side: 'buy',
        quantity: 1_000n * 10n ** 12n,
        price: 189_423n * 10n ** 9n,
        currency: 'USD',
        tradeDate: '2024-06-12',
        tradeTime: Date.UTC(2024, 5, 12, 13, 57, 55),
        settlementDate: undefined,
        counterparty: undefined,
        fees: -35n * 10n ** 11n,
      },
    });
  });

  it('may leave out what is optional', () => {
    expect(readRow(rowWith({ Ref: ' ', Comm: '' }))).toMatchObject({
      record: { tradeId: undefined, fees: undefined },
    });
  });

  it('keeps a symbol that the cross-reference does not hold, and no inherited one', () => {
    expect(readRow(rowWith({ ISIN: 'IBM' }))).toMatchObject({ record: { symbol: 'IBM' } });
    expect(readRow(rowWith({ ISIN: 'constructor' }))).toMatchObject({ record: { symbol: 'constructor' } });
    expect(readRow(rowWith({ 'B/S': 'constructor' }))).toMatchObject({ reject: { field: 'side' } });
  });

  it.each([
    [{ Qty: '-5' }, 'quantity', '"-5" is not greater than zero'],
    [{ Qty: '0' }, 'quantity', '"0" is not greater than zero'],
    [{ Qty: '1,00,0' }, 'quantity', '"1,00,0" has a misplaced thousands separator ","'],
    [{ Qty: '1e400' }, 'quantity', '"1e400" is written with an exponent, which is not accepted'],
    [{ Px: '-0.01' }, 'price', '"-0.01" is less than zero'],
    [{ Px: 'abc' }, 'price', '"abc" is not a number'],
    [{ Px: '' }, 'price', 'is empty'],
    [{ 'B/S': 'Z' }, 'side', '"Z" is no side code: B, S are'],
    [{ 'B/S': 'b' }, 'side', '"b" is no side code: B, S are'],
    [{ Date: '31/02/2024' }, 'tradeDate', '"31/02/2024" is no date: month 2 of 2024 has 29 days'],
    [{ Date: '' }, 'tradeDate', 'is empty'],
    [{ Time: '9:57' }, 'tradeTime', '"9:57" is not written as HH:mm:ss'],
    [{ Acct: '' }, 'account', 'is empty'],
    [{ Acct: 'FU\u0000ND' }, 'account', '"FU\u0000ND" contains a control character'],
    [{ Acct: 'x'.repeat(201) }, 'account', `"${'x'.repeat(40)}…" is longer than 200 characters`],
    [{ Comm: 'free' }, 'fees', '"free" is not a number'],
  ])('with %j is rejected for its %s: %s', (changes, field, reason) => {
    expect(readRow(rowWith(changes))).toEqual({ reject: { line: 7, field, reason } });
  });

  it('with too few or too many cells is rejected as a row', () => {
    const reject = (reason: string) => ({ reject: { line: 7, field: 'row', reason } });
    expect(readRow(cells.slice(1))).toEqual(reject('has 8 cells, the header has 9'));
    expect(readRow([...cells, ''])).toEqual(reject('has 10 cells, the header has 9'));
  });

  it('takes its trade date from its time in the time zone of the profile, if it sends none', () => {
    const names = Object.values(axionCsv.columns);
    const row = ['', 'FUND', 'IBM', 'buy', '1', '2', 'USD', '2024-06-13T02:00:00Z', '', '', ''];
    expect(readRow(row, axionCsv, names)).toMatchObject({ record: { tradeDate: '2024-06-13' } });
    const inNewYork = { ...axionCsv, timeZone: 'America/New_York' };
    expect(readRow(row, inNewYork, names)).toMatchObject({
      record: { tradeDate: '2024-06-12', tradeTime: Date.UTC(2024, 5, 13, 2) },
    });
    const local = row.with(7, '2024-06-13T02:00:00');
    expect(readRow(local, inNewYork, names)).toMatchObject({
      record: { tradeDate: '2024-06-13', tradeTime: Date.UTC(2024, 5, 13, 6) },
    });
    expect(readRow(row.with(6, 'usd'), axionCsv, names)).toMatchObject({
      reject: { field: 'currency', reason: '"usd" is not three capital letters' },
    });
  });
});

describe('a header', () => {
  it('may have its columns in any order, with others among them, and a byte order mark', () => {
    const reader = readerOf(brokerProfile);
    expect(reader.header(['\uFEFFComm', 'Note', ...header.slice(0, -1)])).toEqual([]);
    expect(reader.row(2, ['1', 'hello', ...cells.slice(0, -1)])).toMatchObject({ record: { tradeId: 'R1' } });
  });

  it('names what is missing and what stands in it twice', () => {
    expect(readerOf(brokerProfile).header([...header.slice(1, -1), 'Px'])).toEqual([
      { field: 'tradeId', reason: 'column "Ref" is missing from the header' },
      { field: 'price', reason: 'column "Px" stands in the header more than once' },
      { field: 'fees', reason: 'column "Comm" is missing from the header' },
    ]);
  });

  it('of another file says so', () => {
    const [first] = readerOf(brokerProfile).header([header.join(',')]);
    expect(first).toEqual({
      field: 'header',
      reason:
        'the file is not what the profile "broker" says: it has none of its columns; ' +
        'it seems to be delimited by ",", not ";"',
    });
  });

  it('comes before any row', () => {
    expect(() => readerOf(brokerProfile).row(2, cells)).toThrow('before a header');
  });
});

describe('a profile', () => {
  it.each<[string, Partial<MappingProfile>, string, string]>([
    ['an unknown time zone', { timeZone: 'Mars/Olympus' }, 'timeZone', '"Mars/Olympus" is no time zone'],
    ['bad letters', { dateFormat: 'dd/QQ/yyyy' }, 'dateFormat', '"dd/QQ/yyyy" has the unknown letters "QQ"'],
    ['no hour', { timeFormat: 'mm:ss' }, 'timeFormat', '"mm:ss" must name the hour once, as H or h'],
    ['no name', { name: ' ' }, 'name', 'is empty'],
    [
      'a long delimiter',
      { delimiter: '||' },
      'delimiter',
      'is not one character other than a quotation mark or a line end',
    ],
    [
      'one separator for both',
      { thousandsSeparator: '.' },
      'thousandsSeparator',
      'is the decimal separator too',
    ],
    [
      'a field with a column and a constant',
      { constants: { currency: 'USD', side: 'B' } },
      'side',
      'has both a column and a constant',
    ],
    [
      'a field with neither',
      { constants: {} },
      'currency',
      'is mandatory and has neither a column nor a constant',
    ],
    [
      'a constant that cannot be read',
      { constants: { currency: 'dollar' } },
      'currency',
      'has the constant "dollar", which is not three capital letters',
    ],
    [
      'a column for two fields',
      { columns: { ...brokerProfile.columns, counterparty: 'Acct' } },
      'counterparty',
      'has the column "Acct", which account has already',
    ],
    ['a code for one side only', { sideCodes: { B: 'buy' } }, 'sideCodes', 'has no code for sell'],
    ['an empty symbol', { symbols: { X: '' } }, 'symbols', 'gives nothing for "X"'],
  ])('with %s is refused', (_, change, field, reason) => {
    expect(compileProfile({ ...brokerProfile, ...change })).toEqual({ problems: [{ field, reason }] });
  });

  const fix: MappingProfile = { name: 'log', format: 'fix', columns: {} };
  const ndjson: MappingProfile = {
    ...brokerProfile,
    format: 'ndjson',
    delimiter: undefined,
  };

  it.each<[string, MappingProfile, string, string]>([
    [
      'of FIX with a delimiter that no log has',
      { ...fix, delimiter: ';' },
      'delimiter',
      'is neither SOH nor "|", which FIX logs have',
    ],
    [
      'of FIX with a name for a tag',
      { ...fix, columns: { price: 'LastPx' } },
      'price',
      'has "LastPx", which is no tag: 55, or 448[452=17] in a group, are',
    ],
    ['of CSV with what is for FIX', { ...brokerProfile, checks: 'judge' }, 'checks', 'is for FIX alone'],
    [
      'of NDJSON with a delimiter',
      { ...ndjson, delimiter: ';' },
      'delimiter',
      'is not for NDJSON: a line is one object',
    ],
    [
      'of NDJSON with a comma for a point',
      { ...ndjson, decimalSeparator: ',', thousandsSeparator: undefined },
      'decimalSeparator',
      'is a point in JSON',
    ],
  ])('%s is refused', (_what, profile, field, reason) => {
    expect(compileProfile(profile)).toEqual({ problems: [{ field, reason }] });
  });

  it('of FIX needs nothing but its name', () => {
    expect(readerOf(fix).profile).toBe(fix);
  });

  it('needs a trade date where times have none', () => {
    const columns: MappingProfile['columns'] = { ...brokerProfile.columns };
    const { tradeDate, ...others } = columns;
    expect(tradeDate).toBe('Date');
    expect(compileProfile({ ...brokerProfile, columns: others })).toMatchObject({
      problems: [{ field: 'tradeDate' }],
    });
  });

  it('tells the step of its times', () => {
    expect(readerOf(brokerProfile).timeResolution).toBe(1_000);
    expect(readerOf(axionCsv).timeResolution).toBe(1);
  });
});
