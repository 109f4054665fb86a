import { type TradeRecord } from '../trade-record.js';

/** One instrument and what it is called; of its identifiers there is at least one. */
export interface CrossReferenceEntry {
  readonly ticker?: string | undefined;
  readonly isin?: string | undefined;
  readonly cusip?: string | undefined;
  readonly assetClass?: string | undefined;
}

/** The identifiers of a workspace's instruments as of one version. No identifier is of two of them. */
export interface CrossReference {
  readonly version: number;
  readonly instruments: readonly CrossReferenceEntry[];
}

/** Looks instruments up by any of their identifiers. */
export class SymbolTable {
  private readonly bySymbol = new Map<string, { readonly canonical: string; readonly assetClass?: string }>();

  constructor(crossReference: CrossReference | undefined) {
    for (const { ticker, isin, cusip, assetClass } of crossReference?.instruments ?? []) {
      const canonical = isin ?? cusip ?? ticker;
      if (canonical === undefined) continue;
      const instrument = { canonical, ...(assetClass !== undefined && { assetClass }) };
      for (const symbol of [ticker, isin, cusip]) {
        if (symbol !== undefined) this.bySymbol.set(symbol, instrument);
      }
    }
  }

  /** The ISIN of the instrument, else its CUSIP, else its ticker; of a symbol that is in no table, the symbol. */
  canonical(symbol: string): string {
    return this.bySymbol.get(symbol)?.canonical ?? symbol;
  }

  assetClass(symbol: string): string | undefined {
    return this.bySymbol.get(symbol)?.assetClass;
  }
}

/** The records, each with the one symbol that its instrument has on both sides. What was written is kept beside it. */
export function withResolvedSymbols(
  records: readonly TradeRecord[],
  crossReference: CrossReference | undefined,
): readonly TradeRecord[] {
  if (crossReference === undefined || crossReference.instruments.length === 0) return records;
  const table = new SymbolTable(crossReference);
  const aliases = new Map<string, NonNullable<TradeRecord['alias']>>();
  return records.map((record) => {
    const symbol = table.canonical(record.symbol);
    if (symbol === record.symbol) return record;
    const alias = aliases.get(record.symbol) ?? { written: record.symbol, version: crossReference.version };
    aliases.set(record.symbol, alias);
    return { ...record, symbol, alias };
  });
}

/** Which symbols were resolved, where the records write the symbol of their instrument differently; else nothing. */
export function resolutionText(records: readonly TradeRecord[]): string {
  if (records.every(({ alias }) => alias === undefined)) return '';
  const resolved = new Map<string, string>();
  const written = new Set<string>();
  for (const { symbol, alias } of records) {
    written.add(alias?.written ?? symbol);
    if (alias !== undefined)
      resolved.set(
        alias.written,
        `; ${alias.written} is ${symbol} by cross-reference version ${alias.version}`,
      );
  }
  if (written.size < 2) return '';
  return [...resolved.keys()]
    .sort()
    .map((symbol) => resolved.get(symbol) ?? '')
    .join('');
}
