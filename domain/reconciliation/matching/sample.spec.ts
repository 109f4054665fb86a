import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { axionCsv, type MappingProfile } from '../uploads/mapping-profile.js';
import { compileProfile, type RowReject } from '../uploads/read-row.js';
import { type TradeRecord } from '../trade-record.js';
import { reconcile } from './reconcile.js';
import { type BreakType, type MatchType, type Reconciliation } from './result.js';

interface Truth {
  readonly tradeDate: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly ids: Readonly<Record<string, readonly string[]>>;
  readonly tolerances: { readonly priceBps: number; readonly seconds: number };
}

const folder = new URL('../../../test/data/sample/', import.meta.url);
const textOf = (name: string): string => readFileSync(new URL(name, folder), 'utf8');
const truth = JSON.parse(textOf('truth.json')) as Truth;

function read(name: string, profile: MappingProfile): { records: TradeRecord[]; rejects: RowReject[] } {
  const compiled = compileProfile(profile);
  if (!('reader' in compiled)) throw new Error(JSON.stringify(compiled.problems));
  const { reader } = compiled;
  const [header = [], ...rows] = parse(textOf(name), {
    delimiter: profile.delimiter ?? ',',
    relaxColumnCount: true,
  });
  expect(reader.header(header)).toEqual([]);
  const records: TradeRecord[] = [];
  const rejects: RowReject[] = [];
  rows.forEach((cells, index) => {
    const result = reader.row(index + 2, cells);
    if ('record' in result) records.push(result.record);
    else rejects.push(result.reject);
  });
  return { records, rejects };
}

const internal = read('internal.csv', axionCsv);
const broker = read('broker.csv', JSON.parse(textOf('profile.json')) as MappingProfile);
const terms = { tradeDate: truth.tradeDate, tolerances: truth.tolerances };

const matchesNamed: Readonly<Record<string, MatchType>> = { tolerance: 'tolerance', group: 'group' };
const breaksNamed: Readonly<Record<string, BreakType>> = {
  price_break: 'price',
  quantity_break: 'quantity',
  side_break: 'side',
  settlement_date_break: 'settlementDate',
  currency_break: 'currency',
  missing_at_broker: 'missingAtBroker',
  missing_internal: 'missingInternal',
  duplicate_at_broker: 'duplicate',
};

function idsOf({ matches, breaks }: Reconciliation): Record<string, string[]> {
  const ids: Record<string, string[]> = {};
  const named = (items: readonly { internal: readonly string[]; broker: readonly string[] }[]): string[] =>
    items.map((item) => (item.internal.length > 0 ? item.internal : item.broker).join()).sort();
  for (const [name, type] of Object.entries(matchesNamed)) {
    ids[name] = named(matches.filter((match) => match.type === type));
  }
  for (const [name, type] of Object.entries(breaksNamed)) {
    ids[name] = named(breaks.filter((found) => found.type === type));
  }
  return ids;
}

function expectTruth(result: Reconciliation): void {
  const { counts } = truth;
  expect(result.counts).toEqual({
    internal: counts.internal_rows,
    broker: counts.broker_rows,
    otherDates: { internal: 0, broker: 0 },
    matched: { exact: counts.exact, tolerance: counts.tolerance, group: counts.group },
    breaks: {
      missingAtBroker: counts.missing_at_broker,
      missingInternal: counts.missing_internal,
      price: counts.price_break,
      quantity: counts.quantity_break,
      side: counts.side_break,
      settlementDate: counts.settlement_date_break,
      currency: counts.currency_break,
      tradeDate: 0,
      fees: 0,
      duplicate: counts.duplicate_at_broker,
    },
  });
  const sorted = Object.fromEntries(Object.entries(truth.ids).map(([name, ids]) => [name, [...ids].sort()]));
  expect(idsOf(result)).toEqual(sorted);
}

describe('the sample day', () => {
  it('is read as its truth says, rejects included', () => {
    expect(internal.records).toHaveLength(truth.counts.internal_rows!);
    expect(broker.records).toHaveLength(truth.counts.broker_rows!);
    expect(internal.rejects).toEqual([
      { line: 1203, field: 'quantity', reason: '"-5" is not greater than zero' },
      {
        line: 3704,
        field: 'quantity',
        reason: '"1e400" is written with an exponent, which is not accepted',
      },
    ]);
    expect(broker.rejects).toEqual([
      { line: 1503, field: 'side', reason: '"Z" is no side code: B, S are' },
      { line: 4504, field: 'side', reason: '"Z" is no side code: B, S are' },
    ]);
  });

  it('is reconciled to every count and every id of its truth', () => {
    expectTruth(reconcile(internal.records, broker.records, terms));
  });

  it('is reconciled alike whatever the order of its rows', () => {
    const shuffled = <Item>(items: readonly Item[]): fc.Arbitrary<Item[]> =>
      fc.shuffledSubarray([...items], { minLength: items.length });
    fc.assert(
      fc.property(shuffled(internal.records), shuffled(broker.records), (left, right) =>
        expectTruth(reconcile(left, right, terms)),
      ),
      { numRuns: 3 },
    );
  });

  it('has no trade on another date, and says so for every record', () => {
    const { counts, matches, breaks } = reconcile(internal.records, broker.records, {
      ...terms,
      tradeDate: '2024-06-13',
    });
    expect(counts).toMatchObject({ internal: 0, broker: 0, otherDates: { internal: 5002, broker: 5028 } });
    expect([...matches, ...breaks]).toEqual([]);
  });
});
