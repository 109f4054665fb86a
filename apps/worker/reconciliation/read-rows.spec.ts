import { readFileSync } from 'node:fs';
import type { MappingProfile } from '../../../domain/reconciliation/uploads/mapping-profile.js';
import {
  bytesOf,
  cancel,
  correction,
  countOf,
  fill,
  fix44,
  ids,
  line,
  logOf,
  message,
  ndjson,
  profile,
  readFile,
} from './read-rows.testing.js';

const dataOf = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../../../test/data/fix/${name}`, import.meta.url)));
const fix42: MappingProfile = {
  name: 'fix42',
  format: 'fix',
  columns: {},
  constants: { currency: 'USD' },
};
describe('the FIX 4.2 log of orders and fills', () => {
  const bytes = dataOf('100FIX42.dat');

  it('has 25 executions, all accepted, and 75 orders that are named', async () => {
    const { records, rejects, others, timeResolution } = await readFile(fix42, [bytes]);
    expect(rejects).toEqual([]);
    expect(records).toHaveLength(25);
    expect(others).toEqual([{ type: 'D', name: 'NewOrderSingle', count: 75 }]);
    expect(timeResolution).toBe(1_000);
    expect(records[0]).toEqual({
      upload: 0,
      line: 4,
      tradeId: 'f2745db7-77c7-4953-ae77-a69dc81e805a',
      account: 'AZKJ909646300',
      symbol: 'SJM',
      side: 'buy',
      quantity: 75_700n * 10n ** 12n,
      price: 48_141n * 10n ** 9n,
      currency: 'USD',
      tradeDate: '2015-04-06',
      tradeTime: Date.UTC(2015, 3, 6, 12, 17, 27),
      settlementDate: undefined,
      counterparty: '830199',
      fees: undefined,
    });
  });

  it('without the currency that it lacks has 25 rejects that name it', async () => {
    const { constants: _none, ...profile } = fix42;
    const { records, rejects } = await readFile(profile, [bytes]);
    expect(records).toEqual([]);
    expect(rejects).toHaveLength(25);
    for (const reject of rejects)
      expect(reject).toMatchObject({
        field: 'currency',
        reason: 'is missing: the message has no Currency (15), and the profile no constant',
      });
  });

  it('has no right sum, as it was edited: judged, each execution is a reject that says so', async () => {
    const { records, rejects, others } = await readFile({ ...fix42, checks: 'judge' }, [bytes]);
    expect([records.length, rejects.length, countOf(others, 'D')]).toEqual([0, 25, 75]);
    expect(rejects[0]).toMatchObject({ line: 4, field: 'row' });
    expect(rejects[0]?.reason).toMatch(/^has the BodyLength \(9\) 0, and \d+ bytes$/);
  });

  it('read with another delimiter is refused as a whole, with a hint', async () => {
    await expect(readFile({ ...fix42, delimiter: '|' }, [bytes])).rejects.toMatchObject({
      code: 'reconciliation.unreadable-upload',
      message: expect.stringMatching(/may have to be SOH/) as string,
    });
  });
});

describe('the FIX 4.4 session with trade captures', () => {
  const bytes = dataOf('trade-capture-session-fix44.txt');

  it('has 7 trade captures, all accepted, and session messages that are named', async () => {
    const { records, rejects, others, timeResolution } = await readFile(fix44, [bytes]);
    expect(rejects).toEqual([]);
    expect(records.map(({ tradeId }) => tradeId)).toEqual([
      '600000',
      '600001',
      '600002',
      '600003',
      '600004',
      '600005',
      '600006',
    ]);
    expect(records[0]).toMatchObject({
      line: 5,
      symbol: 'Gold',
      tradeDate: '2022-10-04',
      tradeTime: Date.UTC(2022, 9, 3, 23, 10, 22, 304),
    });
    expect(timeResolution).toBe(1);
    expect(others.map(({ type, name, count }) => [type, name, count])).toEqual([
      ['0', 'Heartbeat', 1],
      ['5', 'Logout', 2],
      ['A', 'Logon', 2],
      ['AD', 'TradeCaptureReportRequest', 1],
      ['AQ', 'TradeCaptureReportRequestAck', 2],
    ]);
  });

  it.each(['currency', 'side', 'account'] as const)(
    'without a constant for %s has rejects that name it',
    async (field) => {
      const { [field]: _lacking, ...constants } = fix44.constants!;
      const { records, rejects } = await readFile({ ...fix44, constants }, [bytes]);
      expect([records.length, rejects.length]).toEqual([0, 7]);
      expect(new Set(rejects.map((reject) => reject.field))).toEqual(new Set([field]));
    },
  );
});

describe('a FIX log', () => {
  it('is read whatever a logger wrote before and behind its messages, and with several in a line', async () => {
    const text = [
      `2024-06-12 14:00:00,123 INFO  [session] in: ${fill('a')} (12 ms)`,
      'connected',
      '',
      `${fill('b')}${fill('c')}`,
    ].join('\r\n');
    const read = await readFile(profile, [bytesOf(text)]);
    expect(read.rejects).toEqual([]);
    expect(ids(read)).toEqual([
      ['a', 1, 10],
      ['b', 4, 10],
      ['c', 5, 10],
    ]);
    expect(read.others).toEqual([{ type: '', name: 'lines that hold no message', count: 1 }]);
  });

  it('has right sums where its delimiter alone was replaced', async () => {
    const judged: MappingProfile = { ...profile, checks: 'judge' };
    const edited = fill('c').replace('31=10', '31=11');
    const { records, rejects } = await readFile(judged, logOf(fill('a'), edited, fill('b', '|58=Zürich')));
    expect(records.map(({ tradeId }) => tradeId)).toEqual(['a', 'b']);
    expect(rejects).toMatchObject([{ line: 2, field: 'row' }]);
    expect(rejects[0]?.reason).toMatch(/^has the CheckSum \(10\) "\d+", and adds up to \d{3}$/);
    const { delimiter: _pipe, ...withSoh } = judged;
    const soh = bytesOf(message('35=8|17=a|150=F|55=IBM|32=1|31=1|60=20240612-14:00:00', '\u0001'));
    expect((await readFile(withSoh, [soh])).records).toHaveLength(1);
  });

  it('loses a cancelled execution, and has the last correction in place of a corrected one', async () => {
    const log = logOf(
      fill('a'),
      fill('b'),
      fill('c'),
      cancel('x', 'a'),
      correction('b2', 'b', '11'),
      correction('b3', 'b2', '12'),
      cancel('y', 'nowhere'),
    );
    const read = await readFile(profile, log);
    expect(ids(read)).toEqual([
      ['c', 3, 10],
      ['b3', 6, 12],
    ]);
    expect(read.rejects).toEqual([
      {
        line: 7,
        field: 'tradeId',
        reason: '"nowhere" is an execution that the message cancels, and that is in no message of this file',
      },
    ]);
    expect(countOf(read.others, '8')).toBe(4);
    expect(read.others.map(({ detail }) => detail)).toEqual([
      'cancel: has taken an execution out',
      'correct: was itself changed by a later message',
      'taken out: cancelled by a later message',
      'taken out: corrected by a later message',
    ]);
  });

  it('has cancels and corrections as FIX 4.2 writes them', async () => {
    const old = (id: string, transaction: number, more: string): string =>
      message(`35=8|49=B|17=${id}|20=${transaction}|150=2|55=IBM|54=2|32=5|31=1|60=20240612-14:00:00${more}`);
    const read = await readFile(
      profile,
      logOf(old('a', 0, ''), old('b', 0, ''), old('c', 1, '|19=a'), old('d', 2, '|19=b'), old('e', 3, '')),
    );
    expect(ids(read)).toEqual([['d', 4, 1]]);
    expect(read.rejects).toEqual([]);
    expect(countOf(read.others, '8')).toBe(4);
  });

  it('takes a cancel that names nothing for a reject, and nobody else’s execution', async () => {
    const other = fill('a').replace('49=BROKER', '49=ANOTHER');
    const { records, rejects } = await readFile(
      profile,
      logOf(other, cancel('x', 'a'), message('35=8|17=z|150=H')),
    );
    expect(records).toHaveLength(1);
    expect(rejects.map(({ line, field }) => [line, field])).toEqual([
      [2, 'tradeId'],
      [3, 'tradeId'],
    ]);
  });

  it('reads an execution that was sent again once', async () => {
    const read = await readFile(profile, logOf(fill('a'), fill('a', '|43=Y'), fill('b', '|43=Y')));
    expect(ids(read)).toEqual([
      ['a', 1, 10],
      ['b', 3, 10],
    ]);
    expect(countOf(read.others, '8')).toBe(1);
  });

  it('names reports that are no fills, and rejects what is cut or unclear', async () => {
    const { records, rejects, others } = await readFile(
      profile,
      logOf(
        fill('a').replace('150=F', '150=0'),
        fill('b').slice(0, -7),
        fill('c').replace('|150=F', ''),
        fill('d').replace('32=100', '32=-1'),
        fill('e').replace('55=IBM', 'IBM'),
        fill('f').replace('31=10', '31=10|31=11'),
      ),
    );
    expect(records).toEqual([]);
    expect(others).toEqual([{ type: '8', name: 'ExecutionReport', detail: 'ExecType 0: New', count: 1 }]);
    expect(rejects).toEqual([
      { line: 2, field: 'row', reason: 'is not whole: it has no CheckSum (10)' },
      { line: 3, field: 'row', reason: 'is an ExecutionReport without ExecType (150)' },
      { line: 4, field: 'quantity', reason: '"-1" is less than zero' },
      { line: 5, field: 'row', reason: 'is no FIX message: "IBM" is no tag=value' },
      { line: 6, field: 'price', reason: 'stands more than once in the message: tag 31' },
    ]);
  });

  it('reads data whose length stands before it, with the delimiter in it', async () => {
    const { records } = await readFile(profile, logOf(fill('a', '|95=9|96=x|31=99|y|58=Z\u00c3\u00bcrich')));
    expect(records).toMatchObject([{ tradeId: 'a', price: 10n * 10n ** 12n }]);
  });

  it('has the fields of tags and of entries of groups that its profile names', async () => {
    const own: MappingProfile = {
      ...profile,
      columns: { counterparty: '448[452=17]', account: '448[452=3]', tradeId: '9001' },
      constants: { currency: 'USD', account: 'NONE' },
    };
    const parties = '|453=2|448=CPTY|447=D|452=17|448=Z\u00c3\u00bcrich|447=D|452=3|9001=mine';
    const { records } = await readFile(own, logOf(fill('a', parties), fill('b')));
    expect(records).toMatchObject([
      { tradeId: 'mine', counterparty: 'CPTY', account: 'Zürich', side: 'sell' },
      { tradeId: undefined, counterparty: undefined, account: 'NONE' },
    ]);
  });
});

describe('a trade capture with two sides', () => {
  const sides = '|552=2|54=1|37=o1|453=1|448=US|447=D|452=1|1=FUND-1|54=2|37=o2|1=THEIRS|5001=x|797=Y';
  const capture = (more: string): string =>
    message(`35=AE|571=r1|570=N|55=IBM|32=5|31=2|75=20240612|768=1|769=20240612-14:00:00.250|770=1${more}`);
  const { constants: _constants, ...bare } = profile;
  const currency = { constants: { currency: 'USD' } };

  it('is a record for each', async () => {
    const { records, rejects } = await readFile({ ...bare, ...currency }, logOf(capture(sides)));
    expect(rejects).toEqual([]);
    expect(records).toMatchObject([
      { tradeId: 'r1', account: 'FUND-1', side: 'buy', tradeTime: Date.UTC(2024, 5, 12, 14, 0, 0, 250) },
      { tradeId: 'r1', account: 'THEIRS', side: 'sell' },
    ]);
  });

  it.each([['FUND-1'], ['US']])('is one record where the profile says that %s is ours', async (ours) => {
    const { records } = await readFile({ ...bare, ...currency, ours: [ours] }, logOf(capture(sides)));
    expect(records).toMatchObject([{ account: 'FUND-1', side: 'buy' }]);
  });

  it('is a reject where nobody is ours, or a side is missing', async () => {
    const { records, rejects } = await readFile(
      { ...bare, ...currency, ours: ['NOBODY'] },
      logOf(capture(sides), capture(sides.replace('|54=2|', '|'))),
    );
    expect(records).toEqual([]);
    expect(rejects).toMatchObject([
      { line: 1, field: 'account' },
      { line: 2, field: 'side' },
    ]);
  });

  it('is taken out by the report that cancels it', async () => {
    const cancelled = capture('|487=1|572=r1').replace('571=r1', '571=r2');
    const { records, rejects, others } = await readFile(
      { ...bare, ...currency },
      logOf(capture(sides), cancelled),
    );
    expect([records, rejects]).toEqual([[], []]);
    expect(countOf(others, 'AE')).toBe(2);
  });
});

describe('an NDJSON file', () => {
  it('has a trade a line, nested members by their dotted paths', async () => {
    const file = `\u00ef\u00bb\u00bf${line()}\r\n\n  \n${line({ id: 'Z\u00c3\u00bc', 'dotted.name': '0.25' })}`;
    const { records, rejects } = await readFile(ndjson, [bytesOf(file)]);
    expect(rejects).toEqual([]);
    expect(records).toMatchObject([
      {
        line: 1,
        tradeId: 'T1',
        account: 'FUND',
        quantity: 100n * 10n ** 12n,
        currency: 'USD',
        fees: undefined,
      },
      { line: 4, tradeId: 'Zü', fees: 25n * 10n ** 10n },
    ]);
  });

  it('has numbers as they were written, never as binary floats', async () => {
    const written = '12345678901234567890.123456789012';
    const file = line().replace('189.5', written).replace('100', '0.1');
    const { records } = await readFile(ndjson, [bytesOf(file)]);
    expect(records[0]?.price).toBe(BigInt(written.replace('.', '')));
    expect(records[0]?.quantity).toBe(10n ** 11n);
  });

  it.each([
    ['{', 'row', 'is not JSON'],
    ['[1]', 'row', 'is no JSON object'],
    ['"text"', 'row', 'is no JSON object'],
    [line().replace('100', '01'), 'row', 'is not JSON'],
    [line().replace('{"id"', '{"id":"x","id"'), 'row', 'has a name twice in one object'],
    [`{"a":${'['.repeat(40)}${']'.repeat(40)}}`, 'row', 'is nested deeper than 32'],
    [line({ id: '\u00e9' }), 'row', 'is not UTF-8'],
    [line({ id: 'x'.repeat(70_000) }), 'row', 'is longer than 65536 bytes'],
    [line({ account: {} }), 'account', 'is missing: the object has no "account.code"'],
    [line({ side: true }), 'side', 'is neither a text nor a number at "side"'],
    [
      line({ execution: { qty: [1], px: 1 } }),
      'quantity',
      'is neither a text nor a number at "execution.qty"',
    ],
    [line().replace('189.5', '1e2'), 'price', '"1e2" is written with an exponent, which is not accepted'],
  ])('rejects a line such as %.40s for its %s: %s', async (bad, field, reason) => {
    const { records, rejects } = await readFile(ndjson, [bytesOf(`${bad}\n${line()}\n`)]);
    expect(rejects).toEqual([{ line: 1, field, reason }]);
    expect(records).toMatchObject([{ line: 2 }]);
  });
});
