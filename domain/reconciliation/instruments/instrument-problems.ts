import { cusipOfIsin, cusipProblem, isAssetClass, isinProblem, isSymbol } from './identifiers.js';
import type { Instrument } from './events.js';

export interface InstrumentProblem {
  readonly field: string;
  readonly reason: string;
}

const fields: readonly string[] = ['instrumentId', 'ticker', 'isin', 'cusip', 'assetClass'];

const rules: Readonly<Record<string, (value: string) => string | undefined>> = {
  instrumentId: (value) =>
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(value)
      ? undefined
      : 'must be 1 to 64 letters, digits, dots, dashes or underscores',
  ticker: (value) => (isSymbol(value) ? undefined : 'must be 1 to 64 printable characters'),
  isin: isinProblem,
  cusip: cusipProblem,
  assetClass: (value) =>
    isAssetClass(value) ? undefined : 'must begin with a small letter and have at most 32 letters and digits',
};

/** What is wrong with a list of instruments in itself, each place as `instruments.<index>.<field>`. */
export function instrumentProblems(instruments: readonly Instrument[]): readonly InstrumentProblem[] {
  const places = new Map<string, number>();
  return instruments.flatMap((instrument: unknown, index) => {
    const place = `instruments.${index}`;
    if (!isTable(instrument)) return [{ field: place, reason: 'must be an object' }];
    const problems = fieldProblems(instrument, place);
    const { instrumentId, ticker, isin, cusip } = instrument;
    if (ticker === undefined && isin === undefined && cusip === undefined)
      problems.push({ field: place, reason: 'needs a ticker, an ISIN or a CUSIP' });
    if (typeof isin === 'string' && typeof cusip === 'string') {
      const inside = cusipOfIsin(isin);
      if (inside !== undefined && inside !== cusip)
        problems.push({ field: `${place}.cusip`, reason: `is another than that of its ISIN, ${inside}` });
    }
    const id = String(instrumentId);
    const earlier = places.get(id);
    if (earlier === undefined) places.set(id, index);
    else
      problems.push({ field: `${place}.instrumentId`, reason: `is that of instruments.${earlier} already` });
    return problems;
  });
}

function fieldProblems(instrument: Readonly<Record<string, unknown>>, place: string): InstrumentProblem[] {
  const unknown = Object.keys(instrument)
    .filter((name) => !fields.includes(name))
    .map((name) => ({ field: `${place}.${name}`, reason: 'is not known' }));
  const wrong = fields.flatMap((name) => {
    const value = instrument[name];
    if (value === undefined && name !== 'instrumentId') return [];
    const reason = typeof value === 'string' ? rules[name]?.(value) : 'must be a text';
    return reason === undefined ? [] : [{ field: `${place}.${name}`, reason }];
  });
  return [...unknown, ...wrong];
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
