import { type MappingProfile, mandatoryFields, type TradeField } from '../uploads/mapping-profile.js';
import {
  type CellReader,
  currencyReader,
  feesReader,
  identifierReader,
  priceReader,
  quantityReader,
  sideReader,
  symbolReader,
  textReader,
} from './cells.js';
import { isProblem, type SentFields } from './fields.js';
import { momentReader } from './moments.js';
import { remembered } from './memory.js';
import { type RowReject, type RowResult } from './row-result.js';
import { type TimeReader } from './times.js';
import { type TimeZone } from './time-zone.js';

export interface Clockwork {
  readonly zone: TimeZone;
  readonly dates: CellReader<string>;
  readonly times: TimeReader;
}

export interface Origin {
  readonly line: number;
  /** Index of the upload within the side of the run. */
  readonly upload: number;
}

/** @param missing why a mandatory field that is not sent, and has no constant, is not there */
export type RowReader = (
  sent: SentFields,
  origin: Origin,
  missing: (field: TradeField) => string,
) => RowResult;

const mandatory: ReadonlySet<TradeField> = new Set(mandatoryFields);
const longestQuotation = 40;

/** Makes records of what rows send, and checks a single text as a field of a row would be checked. */
export function rowReader(profile: MappingProfile, { zone, dates, times }: Clockwork) {
  const moments = momentReader(times, zone);
  const readers = {
    tradeId: identifierReader,
    account: textReader(),
    symbol: symbolReader(profile.symbols),
    side: sideReader(profile),
    quantity: quantityReader(profile),
    price: priceReader(profile),
    currency: currencyReader,
    tradeTime: moments.time,
    tradeDate: remembered(dates),
    settlementDate: remembered(dates),
    counterparty: textReader(),
    fees: feesReader(profile),
  } satisfies Record<TradeField, CellReader<unknown>>;
  const mandatoryDate = !times.dated;

  const read: RowReader = (sent, { line, upload }, missing) => {
    let failure: RowReject | undefined;
    /** The value of a field; the first field that cannot be read ends the row. */
    const take = <Value>(field: TradeField, reader: CellReader<Value>): Value | undefined => {
      if (failure !== undefined) return undefined;
      const found = sent(field);
      if (isProblem(found)) {
        failure = { line, field, reason: found.reason };
        return undefined;
      }
      const written = found ?? profile.constants?.[field];
      const text = written?.trim() ?? '';
      if (text === '') {
        if (mandatory.has(field) || (mandatoryDate && field === 'tradeDate')) {
          failure = { line, field, reason: written === undefined ? missing(field) : 'is empty' };
        }
        return undefined;
      }
      const value = reader(text);
      if (!isProblem(value)) return value;
      failure = { line, field, reason: `${quoted(text)} ${value.reason}` };
      return undefined;
    };

    const tradeId = take('tradeId', readers.tradeId);
    const account = take('account', readers.account);
    const symbol = take('symbol', readers.symbol);
    const side = take('side', readers.side);
    const quantity = take('quantity', readers.quantity);
    const price = take('price', readers.price);
    const currency = take('currency', readers.currency);
    const sentDate = take('tradeDate', readers.tradeDate);
    const time = take('tradeTime', readers.tradeTime);
    const settlementDate = take('settlementDate', readers.settlementDate);
    const counterparty = take('counterparty', readers.counterparty);
    const fees = take('fees', readers.fees);
    if (failure !== undefined) return { reject: failure };
    if (account === undefined || symbol === undefined || side === undefined) return incomplete(line);
    if (quantity === undefined || price === undefined || currency === undefined) return incomplete(line);
    if (time === undefined) return incomplete(line);
    const moment = moments.moment(time, sentDate);
    if (isProblem(moment)) return rejected(line, 'tradeTime', moment.reason);
    const { tradeDate, tradeTime } = moment;
    return {
      record: {
        upload,
        line,
        tradeId,
        account,
        symbol,
        side,
        quantity,
        price,
        currency,
        tradeDate,
        tradeTime,
        settlementDate,
        counterparty,
        fees,
      },
    };
  };

  const check = (field: TradeField, text: string): string | undefined => {
    if (text === '') return '"", which is empty';
    const value: unknown = readers[field](text);
    return isProblem(value) ? `${quoted(text)}, which ${value.reason}` : undefined;
  };
  return { read, check };
}

/** Not reachable: a mandatory field that is undefined has ended the row already; this tells the compiler so. */
function incomplete(line: number): RowResult {
  return rejected(line, 'row', 'is incomplete');
}

export function rejected(line: number, field: RowReject['field'], reason: string): RowResult {
  return { reject: { line, field, reason } };
}

/** A text as a reason quotes it. */
export function quoted(text: string): string {
  return `"${text.length > longestQuotation ? `${text.slice(0, longestQuotation)}…` : text}"`;
}
