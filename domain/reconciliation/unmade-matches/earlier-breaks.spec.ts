import type { KnownBreak } from '../breaks/actions.js';
import type { BreakTerms } from '../breaks/events.js';
import { trades } from '../matching/trades.testing.js';
import type { RestoredBreak } from './events.js';
import { earlierBreaks, withoutItsMatch } from './earlier-breaks.js';

const terms = (breakId: string, name: string, more: Partial<BreakTerms> = {}): BreakTerms => ({
  breakId,
  runId: breakId.slice(0, 2),
  type: 'missingAtBroker',
  internal: [name],
  broker: [],
  explanation: 'no record',
  notional: '1000',
  currency: 'USD',
  ...more,
});
const clearedBy = (byRun: string, one: BreakTerms): RestoredBreak => ({
  terms: one,
  clearing: { byRun, how: 'match', match: 3 },
});
const [record, another] = trades({ tradeId: 'T' }, { tradeId: 'T', price: '20' });

describe('the breaks of earlier runs that a match had cleared', () => {
  const carried = [terms('r0.00000001', 'T'), terms('r1.00000001', 'T')];

  it('are all those of a record that was carried forward', () => {
    const cleared = [...carried, terms('r0.00000002', 'U')].map((one) => clearedBy('r2', one));
    const found = earlierBreaks([{ side: 'internal', record: record!, carried }], cleared);
    expect(found.get(record!)).toEqual(cleared.slice(0, 2));
  });

  it('are of a record that the continued run had missing by its name, and what it is worth', () => {
    const dear = clearedBy('r2', terms('r1.00000004', 'T', { notional: '2000' }));
    const cheap = clearedBy('r2', terms('r1.00000005', 'T'));
    const found = earlierBreaks(
      [
        { side: 'internal', record: record! },
        { side: 'internal', record: another! },
      ],
      [dear, cheap],
    );
    expect(found.get(record!)).toEqual([cheap]);
    expect(found.get(another!)).toEqual([dear]);
  });

  it('are none of other types, of what is gone, or of what is another record’s', () => {
    const none = [
      clearedBy('r2', terms('r1.00000004', 'T', { type: 'price' })),
      { terms: terms('r1.00000005', 'T'), clearing: { byRun: 'r2', how: 'gone' as const } },
      clearedBy('r2', carried[0]!),
    ];
    const [twin] = trades({ tradeId: 'T' });
    const found = earlierBreaks(
      [
        { side: 'internal', record: record! },
        { side: 'internal', record: twin!, carried },
      ],
      none,
    );
    expect([...found.keys()]).toEqual([twin]);
  });
});

describe('without its match a break', () => {
  const cleared = clearedBy('r2', terms('r1.00000004', 'T'));
  const known: KnownBreak = {
    terms: cleared.terms,
    state: 'cleared',
    assignee: undefined,
    proposal: undefined,
    clearedBy: 'r2',
    clearedByMatch: undefined,
    escalatedAfterDays: 0,
    bulks: ['r2.cleared'],
  };

  it.each<[string, KnownBreak | undefined, 'open' | 'closed' | 'awaited']>([
    ['is open where the match had cleared it', known, 'open'],
    ['is open where a person opened it already', { ...known, state: 'assigned' }, 'open'],
    ['stays closed by a person', { ...known, state: 'resolved', clearedBy: undefined }, 'closed'],
    ['stays cleared by another run', { ...known, clearedBy: 'r3' }, 'closed'],
    ['stays cleared by hand', { ...known, clearedByMatch: 'm1' }, 'closed'],
    ['is awaited where nobody has touched it yet', undefined, 'awaited'],
    ['is awaited as long as the bulk has not come to it', { ...known, state: 'open', bulks: [] }, 'awaited'],
  ])('%s', (_, state, outcome) => expect(withoutItsMatch(cleared, state)).toBe(outcome));
});
