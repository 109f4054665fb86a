/** Accepted records of an upload as columns. A stored format: other tools read it too. */
export const tradeColumns = {
  line: 'integer',
  tradeId: 'text',
  account: 'text',
  symbol: 'text',
  side: 'text',
  quantity: 'decimal',
  price: 'decimal',
  currency: 'text',
  tradeDate: 'text',
  tradeTime: 'instant',
  settlementDate: 'text',
  counterparty: 'text',
  fees: 'decimal',
} as const;

/** Rows that could not be read: where, which field, and why. */
export const rejectColumns = { line: 'integer', field: 'text', reason: 'text' } as const;

/** The identifiers of instruments that a run resolves symbols by. */
export const crossReferenceColumns = {
  ticker: 'text',
  isin: 'text',
  cusip: 'text',
  assetClass: 'text',
} as const;

export const matchColumns = {
  type: 'text',
  internal: 'texts',
  broker: 'texts',
  confidence: 'fraction',
  strategy: 'text',
  explanation: 'text',
} as const;

/** A match, and where it stands among those of its run, from 0. */
export const numberedMatchColumns = { match: 'ordinal', ...matchColumns } as const;

/** Our trades of a run's matches, in the order of the matches: what its settlements are netted from. */
export const matchedTradeColumns = {
  account: 'text',
  counterparty: 'text',
  symbol: 'text',
  side: 'text',
  quantity: 'decimal',
  price: 'decimal',
  currency: 'text',
  tradeDate: 'text',
  settlementDate: 'text',
} as const;

export const breakColumns = {
  type: 'text',
  internal: 'texts',
  broker: 'texts',
  explanation: 'text',
  notional: 'text',
  currency: 'text',
} as const;

/** Records that a run left unmatched, with the terms of their breaks as JSON: candidates of later runs. */
export const unmatchedColumns = {
  ...tradeColumns,
  bookSide: 'text',
  uploadId: 'text',
  terms: 'text',
} as const;

/** Breaks with their terms as JSON; of those that are cleared, why (`Clearing`) as JSON too. */
export const breakListColumns = { breakId: 'text', terms: 'text', clearing: 'text' } as const;

/**
 * The records of a match that was unmade: read as unmatched records, and as a list of their breaks. `clearing` is of a
 * record that was carried forward: how the match had cleared its break of an earlier run.
 */
export const unmadeColumns = { ...unmatchedColumns, ...breakListColumns } as const;
