import { command, specify } from '../../kernel/testing.js';
import { RequestRun } from './commands.js';
import type { RunBook } from './events.js';
import { run } from './run.js';

const records = { sha256: 'aa', bytes: 1, rows: 1 };
const books: RunBook[] = [
  { uploadId: 'u1', side: 'internal', records, timeResolution: 1, source: 'books' },
  { uploadId: 'u2', side: 'broker', records, timeResolution: 1, source: 'goldman' },
];
const request = (fields: Partial<RequestRun>): RequestRun =>
  command(RequestRun, {
    runId: 'r1',
    tradeDate: '2024-06-12',
    internal: ['u1'],
    broker: ['u2'],
    books,
    ...fields,
  });
const { given } = specify(run);
const terms = {
  runId: 'r1',
  tradeDate: '2024-06-12',
  internal: [books[0]!],
  broker: [books[1]!],
};
const chosen = {
  name: 'desk',
  version: 4,
  tolerances: { priceBps: 1 },
  overrides: [{ symbol: 'AAPL', tolerances: { priceBps: 2 } }],
};

describe('a run', () => {
  it('records the name, the version and the values of its tolerance set', () =>
    given()
      .when(request({ toleranceSet: 'desk@4', chosenTolerances: chosen }))
      .then({
        type: 'RunRequested',
        data: {
          ...terms,
          tolerances: chosen.tolerances,
          toleranceSet: { name: 'desk', version: 4 },
          overrides: chosen.overrides,
        },
      }));

  it('may have tolerances of its own instead, but not both', () => {
    given()
      .when(request({ tolerances: { priceBps: 3 } }))
      .then({ type: 'RunRequested', data: { ...terms, tolerances: { priceBps: 3 } } });
    given()
      .when(request({ tolerances: {}, toleranceSet: 'desk', chosenTolerances: chosen }))
      .rejects('reconciliation.two-tolerances');
  });

  it('records the version of the cross-reference, and the table as it is', () => {
    const crossReference = { version: 3, instruments: [{ ticker: 'AAPL', isin: 'US0378331005' }] };
    given()
      .when(request({ crossReference }))
      .then({ type: 'RunRequested', data: { ...terms, tolerances: {}, crossReference } });
  });
});
