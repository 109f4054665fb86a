import { type BookSide, type TradeSide } from './trade-record.js';

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

/** How one source writes its trades. What is left out has the default that stands beside it. */
export interface MappingProfile {
  readonly name: string;
  readonly format: 'csv';
  /** One character; a comma. */
  readonly delimiter?: string | undefined;
  /** IANA name of the zone of local times, and of the trade date where none is sent; UTC. */
  readonly timeZone?: string | undefined;
  /** The book that the source belongs to. */
  readonly side?: BookSide | undefined;
  /** The column of each field that the source sends. */
  readonly columns: Readonly<Partial<Record<TradeField, string>>>;
  /** The text of each field that the source does not send, written as the source would write it. */
  readonly constants?: Readonly<Partial<Record<TradeField, string>>> | undefined;
  /** Letters of java.time's DateTimeFormatter; `yyyy-MM-dd`. */
  readonly dateFormat?: string | undefined;
  /** The same; ISO 8601 date-times, with an offset or in `timeZone`. Without a date in it, tradeDate is mandatory. */
  readonly timeFormat?: string | undefined;
  /** None: a number is written without. */
  readonly thousandsSeparator?: string | undefined;
  /** A point. */
  readonly decimalSeparator?: string | undefined;
  /** What the source writes for a side, letter by letter; `buy` and `sell`. */
  readonly sideCodes?: Readonly<Record<string, TradeSide>> | undefined;
  /** Our symbol for the source's; a symbol without an entry is taken as it is. */
  readonly symbols?: Readonly<Record<string, string>> | undefined;
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
