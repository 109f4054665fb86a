import fc from 'fast-check';
import { command, specify } from '../../kernel/testing.js';
import { PutInstruments, RemoveInstrument } from './commands.js';
import { crossReference, tableOf } from './cross-reference.js';
import type { CrossReferenceEvent, Instrument } from './events.js';
import { cusipProblem, isinProblem } from './identifiers.js';

const { given } = specify(crossReference);
const apple: Instrument = {
  instrumentId: 'apple',
  ticker: 'AAPL',
  isin: 'US0378331005',
  cusip: '037833100',
  assetClass: 'equity',
};
const put = (...instruments: Instrument[]): PutInstruments => command(PutInstruments, { instruments });
const happened = (version: number, ...instruments: Instrument[]): CrossReferenceEvent => ({
  type: 'InstrumentsPut',
  data: { version, instruments },
});

describe('check digits', () => {
  it.each(['US0378331005', 'GB0002634946', 'DE000BAY0017', 'AU0000XVGZA3', 'US5949181045'])(
    'of the ISIN %s are right',
    (isin) => expect(isinProblem(isin)).toBeUndefined(),
  );

  it.each(['037833100', '594918104', '38259P508', '68389X105', '17275R102'])(
    'of the CUSIP %s are right',
    (cusip) => expect(cusipProblem(cusip)).toBeUndefined(),
  );

  it('tell every single wrong digit', () => {
    const wrong = (identifier: string) =>
      fc
        .tuple(fc.nat(identifier.length - 1), fc.integer({ min: 1, max: 9 }))
        .filter(([place]) => /\d/.test(identifier[place]!))
        .map(([place, more]) => {
          const digit = (Number(identifier[place]) + more) % 10;
          return identifier.slice(0, place) + String(digit) + identifier.slice(place + 1);
        });
    fc.assert(fc.property(wrong('US0378331005'), (isin) => expect(isinProblem(isin)).toBeDefined()));
    fc.assert(fc.property(wrong('037833100'), (cusip) => expect(cusipProblem(cusip)).toBeDefined()));
  });

  it('say what they would be', () => {
    expect(isinProblem('US0378331006')).toBe('has a wrong check digit: it would be 5');
    expect(cusipProblem('037833101')).toBe('has a wrong check digit: it would be 0');
    expect(isinProblem('us0378331005')).toMatch(/^is no ISIN/);
    expect(cusipProblem('03783310')).toMatch(/^is no CUSIP/);
  });
});

describe('instruments that are put', () => {
  it('make the next version of the cross-reference', () =>
    given(happened(1, apple))
      .when(put({ instrumentId: 'ibm', ticker: 'IBM' }))
      .then(happened(2, { instrumentId: 'ibm', ticker: 'IBM' })));

  it('make none if they are known already, however their fields are ordered', () =>
    given(happened(1, apple))
      .when(put(Object.fromEntries(Object.entries(apple).reverse()) as unknown as Instrument))
      .then());

  it('are recorded only where they are new or other than before', () => {
    const ibm = { instrumentId: 'ibm', ticker: 'IBM' };
    given(happened(1, apple)).when(put(apple, ibm)).then(happened(2, ibm));
  });

  it.each<[string, object]>([
    ['an ISIN with a wrong check digit', { isin: 'US0378331006' }],
    ['a CUSIP that is not its ISIN’s', { cusip: '594918104' }],
    ['an unknown field', { sedol: '2046251' }],
    ['a ticker with a control character', { ticker: 'AA\u001fPL' }],
    ['an asset class in capitals', { assetClass: 'EQUITY' }],
    ['no identifier', { ticker: undefined, isin: undefined, cusip: undefined }],
    ['a number', { ticker: 7 }],
    ['a bad id', { instrumentId: '' }],
  ])('are refused with %s', (_, change) =>
    given()
      .when(put({ ...apple, ...change }))
      .rejects('reconciliation.bad-instruments'),
  );

  it('are refused if one is named twice, or is no object', () => {
    given().when(put(apple, apple)).rejects('reconciliation.bad-instruments');
    given()
      .when(put(null as unknown as Instrument))
      .rejects('reconciliation.bad-instruments');
  });

  it('are refused if an identifier would be of two', () => {
    const other = { instrumentId: 'other', ticker: 'AAPL' };
    given(happened(1, apple)).when(put(other)).rejects('reconciliation.identifier-taken');
    given().when(put(apple, other)).rejects('reconciliation.identifier-taken');
    const asTicker = { instrumentId: 'other', ticker: 'US0378331005' };
    given(happened(1, apple)).when(put(asTicker)).rejects('reconciliation.identifier-taken');
  });

  it('may exchange their identifiers in one step', () => {
    const [one, two] = [
      { instrumentId: 'one', ticker: 'A' },
      { instrumentId: 'two', ticker: 'B' },
    ];
    const exchanged = [
      { instrumentId: 'one', ticker: 'B' },
      { instrumentId: 'two', ticker: 'A' },
    ];
    given(happened(1, one, two))
      .when(put(...exchanged))
      .then(happened(2, ...exchanged));
  });
});

describe('an instrument that is removed', () => {
  const remove = command(RemoveInstrument, { instrumentId: 'apple' });

  it('is gone from the next version', () =>
    given(happened(1, apple))
      .when(remove)
      .then({ type: 'InstrumentRemoved', data: { version: 2, instrumentId: 'apple' } }));

  it('was not there: nothing happens', () => given().when(remove).then());

  it('frees its identifiers', () =>
    given(happened(1, apple), { type: 'InstrumentRemoved', data: { version: 2, instrumentId: 'apple' } })
      .when(put({ instrumentId: 'other', ticker: 'AAPL' }))
      .then(happened(3, { instrumentId: 'other', ticker: 'AAPL' })));
});

it('a run gets the identifiers and the version, and nothing where there are none', () => {
  expect(tableOf(crossReference.initial)).toBeUndefined();
  const state = crossReference.evolve.InstrumentsPut(crossReference.initial, {
    type: 'InstrumentsPut',
    data: { version: 1, instruments: [apple] },
  });
  expect(tableOf(state)).toEqual({
    version: 1,
    instruments: [{ ticker: 'AAPL', isin: 'US0378331005', cusip: '037833100', assetClass: 'equity' }],
  });
});
