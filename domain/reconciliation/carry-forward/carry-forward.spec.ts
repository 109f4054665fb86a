import type { BreakTerms } from '../breaks/events.js';
import { reconcile } from '../matching/reconcile.js';
import type { BookSide, TradeRecord } from '../trade-record.js';
import { decimalFromInteger } from '../../kernel/decimal.js';
import { carriedRecords, takesIn, type OpenRecord } from './open-records.js';
import { sortOut, type ClearedBreak, type SortedOut } from './sorting-out.js';
import { daysBefore, type CarryForward } from './terms.js';

const trade = (tradeId: string, fields: Partial<TradeRecord> = {}): TradeRecord => ({
  upload: 0,
  line: Number(tradeId.replace(/\D/g, '')) + 1,
  tradeId,
  account: `FUND-${tradeId}`,
  symbol: 'AAPL',
  side: 'buy',
  quantity: decimalFromInteger(100),
  price: decimalFromInteger(10),
  currency: 'USD',
  tradeDate: '2024-06-12',
  tradeTime: Date.parse('2024-06-12T14:00:00Z'),
  settlementDate: undefined,
  counterparty: undefined,
  fees: undefined,
  ...fields,
});
const sides = ['internal', 'broker'] as const;
const window: CarryForward = { days: 5, from: '2024-06-10', runs: [] };

interface Day {
  readonly runId: string;
  readonly internal?: readonly TradeRecord[];
  readonly broker?: readonly TradeRecord[];
  readonly open?: readonly OpenRecord[];
  readonly continues?: SortedOut;
  readonly tradeDate?: string;
}

/** A run as the worker computes it, without its files. */
function compare({
  runId,
  internal = [],
  broker = [],
  open = [],
  continues,
  tradeDate = '2024-06-14',
}: Day): SortedOut {
  const carried = carriedRecords(open, new Set(), window, { internal: 1, broker: 1 });
  const ofSide = (side: BookSide) => carried.filter((one) => one.side === side).map(({ record }) => record);
  const books = {
    internal: [...internal, ...ofSide('internal')],
    broker: [...broker, ...ofSide('broker')],
  };
  const found = reconcile(books.internal, books.broker, {
    tradeDate: { from: window.from, to: tradeDate },
    tolerances: {},
  });
  return sortOut(found, {
    runId,
    carried,
    books,
    standing: continues?.standing ?? [],
    clearedBefore: new Map((continues?.cleared ?? []).map((one) => [one.terms.breakId, one] as const)),
    uploadOf: (side) => `${runId}-${side}`,
  });
}
const idsOf = (cleared: readonly ClearedBreak[]) => cleared.map(({ terms }) => terms.breakId);
const termsIds = (terms: readonly BreakTerms[]) => terms.map(({ breakId }) => breakId);

const firstDay = compare({ runId: 'r1', internal: [trade('T1'), trade('T2')], broker: [trade('T2')] });

describe('a record that a run left unmatched', () => {
  it('is named with its break', () => {
    expect(firstDay.breaks).toHaveLength(1);
    expect(firstDay.unmatched).toMatchObject([
      { side: 'internal', uploadId: 'r1-internal', record: { tradeId: 'T1' } },
    ]);
    expect(firstDay.unmatched[0]?.terms).toMatchObject({
      breakId: 'r1.00000000',
      type: 'missingAtBroker',
      symbol: 'AAPL',
      account: 'FUND-T1',
    });
  });

  it('is matched days later, and the match and its old break both say so', () => {
    const later = compare({ runId: 'r2', open: firstDay.unmatched, broker: [trade('T1')] });
    expect(later.breaks).toEqual([]);
    expect(later.matches[0]?.explanation).toMatch(
      /carried forward: the record of 2024-06-12 that was missing in r1\.00000000/,
    );
    expect(later.cleared).toEqual([
      { terms: firstDay.unmatched[0]?.terms, clearing: { byRun: 'r2', how: 'match', match: 0 } },
    ]);
    expect(later.clearedRecords).toBe(1);
  });

  it('is no new break while it is still missing', () => {
    const later = compare({ runId: 'r2', open: firstDay.unmatched, internal: [trade('T7')] });
    expect(later.breaks.map(({ internal }) => internal)).toEqual([['T7']]);
    expect(later.cleared).toEqual([]);
    expect(later.clearedRecords).toBe(0);
    expect(termsIds(later.unmatched.map(({ terms }) => terms))).toEqual(['r2.00000000']);
  });

  it('has its break cleared by a break that says more', () => {
    const dearer = trade('T1', { price: decimalFromInteger(11) });
    const later = compare({ runId: 'r2', open: firstDay.unmatched, broker: [dearer] });
    expect(later.breaks).toMatchObject([{ type: 'price', internal: ['T1'], broker: ['T1'] }]);
    expect(later.cleared[0]?.clearing).toEqual({ byRun: 'r2', how: 'break', inBreak: 'r2.00000000' });
  });

  it('clears all of its breaks when more than one run left it unmatched', () => {
    const again = compare({ runId: 'r1b', internal: [trade('T1')] });
    const twice = [
      ...firstDay.unmatched,
      ...again.unmatched.map((one) => ({ ...one, uploadId: 'r1-internal' })),
    ];
    const later = compare({ runId: 'r2', open: twice, broker: [trade('T1')] });
    expect(idsOf(later.cleared)).toEqual(['r1.00000000', 'r1b.00000000']);
    expect(later.matches).toHaveLength(1);
  });

  it('is matched itself, not a copy of it that is sent once more', () => {
    const later = compare({
      runId: 'r2',
      open: firstDay.unmatched,
      internal: [trade('T1')],
      broker: [trade('T1')],
    });
    expect(later.matches).toHaveLength(1);
    expect(later.breaks.map(({ type }) => type)).toEqual(['duplicate']);
    expect(later.cleared).toHaveLength(1);
    expect(later.unmatched).toEqual([]);
  });
});

describe('what is carried forward', () => {
  it('is neither what was cleared since nor what is too old', () => {
    const old = { ...firstDay.unmatched[0]!, record: trade('T1', { tradeDate: '2024-06-09' }) };
    const own = { internal: 1, broker: 1 };
    expect(carriedRecords(firstDay.unmatched, new Set(['r1.00000000']), window, own)).toEqual([]);
    expect(carriedRecords([old], new Set(), window, own)).toEqual([]);
  });

  it('has a place of its own behind the uploads of the run', () => {
    const other = { ...firstDay.unmatched[0]!, uploadId: 'elsewhere' };
    const carried = carriedRecords([...firstDay.unmatched, other], new Set(), window, {
      internal: 2,
      broker: 1,
    });
    expect(carried.map(({ record }) => record.upload)).toEqual([2, 3]);
  });

  it('comes with records that arrive late, unless an earlier run judged them or they are carried', () => {
    const carried = carriedRecords(firstDay.unmatched, new Set(), window, { internal: 1, broker: 1 });
    const runs = [
      { runId: 'r1', tradeDate: '2024-06-12', from: '2024-06-12', uploads: ['u1'], timeResolution: 1 },
    ];
    const takes = takesIn('2024-06-14', { ...window, runs }, carried);
    const of = (uploadId: string, tradeDate: string, tradeId = 'T5') =>
      takes({ uploadId, record: trade(tradeId, { tradeDate }) });
    expect(of('u2', '2024-06-14')).toBe(true);
    expect(of('u2', '2024-06-12')).toBe(true);
    expect(of('u1', '2024-06-12')).toBe(false);
    expect(of('u1', '2024-06-13')).toBe(true);
    expect(of('u2', '2024-06-09')).toBe(false);
    expect(of('u2', '2024-06-15')).toBe(false);
    expect(of('r1-internal', '2024-06-14', 'T1')).toBe(false);
  });

  it('reaches back by days of the calendar', () => {
    expect(daysBefore('2024-03-02', 3)).toBe('2024-02-28');
    expect(daysBefore('2024-01-01', 1)).toBe('2023-12-31');
  });
});

describe('a run that continues another', () => {
  const morning = compare({
    runId: 'r1',
    internal: [trade('T1'), trade('T2'), trade('T3', { price: decimalFromInteger(9) })],
    broker: [trade('T3')],
  });

  it('finds only what is new, clears what is gone, and keeps the rest as it was', () => {
    const noon = compare({
      runId: 'r2',
      internal: [trade('T1'), trade('T2'), trade('T3', { price: decimalFromInteger(9) }), trade('T4')],
      broker: [trade('T3'), trade('T1')],
      continues: morning,
    });
    expect(noon.breaks.map(({ internal }) => internal)).toEqual([['T4']]);
    expect(noon.known).toBe(2);
    expect(noon.cleared).toMatchObject([
      { terms: { internal: ['T1'] }, clearing: { byRun: 'r2', how: 'match' } },
    ]);
    expect(
      termsIds(noon.standing)
        .map((id) => id.slice(0, 2))
        .sort(),
    ).toEqual(['r1', 'r1', 'r2']);
    const unmatched = noon.unmatched.map(({ record, terms }) => [record.tradeId, terms.runId]);
    expect(unmatched.sort()).toEqual([
      ['T2', 'r1'],
      ['T4', 'r2'],
    ]);
  });

  it('says that a difference is gone where no match took its place', () => {
    const noon = compare({ runId: 'r2', internal: [trade('T2')], continues: morning });
    expect(noon.cleared.map(({ clearing }) => clearing.how)).toEqual(['gone', 'gone']);
  });

  it('takes back what the other one cleared and it does not', () => {
    const wrong = compare({ runId: 'r2', open: firstDay.unmatched, broker: [trade('T1')] });
    const right = compare({ runId: 'r3', open: firstDay.unmatched, continues: wrong });
    expect(idsOf(right.restored)).toEqual(['r1.00000000']);
    expect(right.cleared).toEqual([]);
    const same = compare({
      runId: 'r3',
      open: firstDay.unmatched,
      broker: [trade('T1')],
      continues: wrong,
    });
    expect(same.restored).toEqual([]);
    expect(same.cleared).toEqual(wrong.cleared);
  });
});

it('every side is sorted out as the other', () => {
  const mirrored = compare({ runId: 'r1', broker: [trade('T1'), trade('T2')], internal: [trade('T2')] });
  expect(mirrored.unmatched.map(({ side }) => side)).toEqual(['broker']);
  expect(sides).toContain(mirrored.unmatched[0]?.side);
});
