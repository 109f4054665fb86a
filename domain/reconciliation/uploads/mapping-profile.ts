import { type BookSide, type TradeSide } from '../trade-record.js';

export const mandatoryFields = [
  'account',
  'symbol',
  'side',
  'quantity',
  'price',
  'currency',
  'tradeTime',
] as const;

/** The fields of a trade record that a source can send. */
export const tradeFields = [
  'tradeId',
  ...mandatoryFields,
  'tradeDate',
  'settlementDate',
  'counterparty',
  'fees',
] as const;

export type TradeField = (typeof tradeFields)[number];

/**
 * `csv`: a header, then a row a trade. `ndjson`: a JSON object a line. `fix`: a FIX 4.2 or 4.4 log, its fills
 * (ExecutionReport) and trade captures.
 */
export const fileFormats = ['csv', 'ndjson', 'fix'] as const;
export type FileFormat = (typeof fileFormats)[number];

/** How one source writes its trades. What is left out has the default that stands beside it. */
export interface MappingProfile {
  readonly name: string;
  readonly format: FileFormat;
  /** CSV: one character; a comma. FIX: SOH or `|`; SOH. NDJSON has none. */
  readonly delimiter?: string | undefined;
  /** IANA name of the zone of local times, and of the trade date where none is sent; UTC. */
  readonly timeZone?: string | undefined;
  /** The book that the source belongs to. */
  readonly side?: BookSide | undefined;
  /**
   * Where each field that the source sends stands. CSV: a column's name. NDJSON: a member's name, or the dotted path to
   * a nested one. FIX: a tag, or `448[452=17]` for the tag 448 in the entry of a repeating group in which 452 is 17;
   * what is left out has the standard's own tag (reading/fix/default-tags.ts).
   */
  readonly columns: Readonly<Partial<Record<TradeField, string>>>;
  /**
   * The text of each field that the source does not send, written as the source would write it. FIX: of each field that
   * a message does not have.
   */
  readonly constants?: Readonly<Partial<Record<TradeField, string>>> | undefined;
  /** Letters of java.time's DateTimeFormatter; `yyyy-MM-dd`. FIX: its own dates, `yyyyMMdd`. */
  readonly dateFormat?: string | undefined;
  /** The same; ISO 8601 date-times, with an offset or in `timeZone`. FIX: its own times, in UTC. Without a date in it, tradeDate is mandatory. */
  readonly timeFormat?: string | undefined;
  /** None: a number is written without. */
  readonly thousandsSeparator?: string | undefined;
  /** A point. */
  readonly decimalSeparator?: string | undefined;
  /** What the source writes for a side, letter by letter; `buy` and `sell`. */
  readonly sideCodes?: Readonly<Record<string, TradeSide>> | undefined;
  /** Our symbol for the source's; a symbol without an entry is taken as it is. */
  readonly symbols?: Readonly<Record<string, string>> | undefined;
  /**
   * FIX: what a wrong BodyLength (9) or CheckSum (10) of a trade means: a reject (`judge`) or nothing (`ignore`). It is
   * `ignore`, as most logs were edited: their delimiters replaced, names and passwords masked; the engine that received
   * the message has judged it. A message without its CheckSum field is not whole, and never read.
   */
  readonly checks?: 'judge' | 'ignore' | undefined;
  /** FIX: accounts (1) and parties (448) that are ours: of a trade capture with two sides only theirs; both. */
  readonly ours?: readonly string[] | undefined;
}

/** The profile of Axion's own files. */
export const axionCsv: MappingProfile = {
  name: 'axion-csv',
  format: 'csv',
  delimiter: ',',
  timeZone: 'UTC',
  columns: {
    tradeId: 'trade_id',
    account: 'account',
    symbol: 'symbol',
    side: 'side',
    quantity: 'quantity',
    price: 'price',
    currency: 'currency',
    tradeTime: 'trade_time',
    settlementDate: 'settlement_date',
    counterparty: 'counterparty',
    fees: 'fees',
  },
  sideCodes: { buy: 'buy', sell: 'sell' },
};
