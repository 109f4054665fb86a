import type { MappingProfile } from '../../../domain/reconciliation/uploads/mapping-profile.js';
import { compileProfile, type RowReject } from '../../../domain/reconciliation/uploads/read-row.js';
import type { OtherMessages } from '../../../domain/reconciliation/reading/fix/other-messages.js';
import type { TradeRecord } from '../../../domain/reconciliation/trade-record.js';
import { readRows } from './read-rows.js';

export interface ReadFile {
  readonly records: TradeRecord[];
  readonly rejects: RowReject[];
  readonly others: readonly OtherMessages[];
  readonly timeResolution: number;
}

export async function readFile(profile: MappingProfile, chunks: readonly Uint8Array[]): Promise<ReadFile> {
  const compiled = compileProfile(profile);
  if ('problems' in compiled) throw new Error(JSON.stringify(compiled.problems));
  const rows = readRows(() => chunks, compiled.reader);
  const records: TradeRecord[] = [];
  const rejects: RowReject[] = [];
  let next = await rows.next();
  for (; next.done !== true; next = await rows.next())
    for (const row of next.value)
      if ('record' in row) records.push(row.record);
      else rejects.push(row.reject);
  return { records, rejects, others: next.value, timeResolution: compiled.reader.timeResolution };
}

export const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));
export const countOf = (others: readonly OtherMessages[], type: string): number =>
  others.filter((one) => one.type === type).reduce((sum, { count }) => sum + count, 0);

export const fix44: MappingProfile = {
  name: 'fix44',
  format: 'fix',
  delimiter: '|',
  columns: {},
  constants: { currency: 'USD', side: 'buy', account: 'FUND' },
};

export const profile: MappingProfile = {
  ...fix44,
  constants: { account: 'FUND', currency: 'USD', side: '1' },
};
export const logOf = (...messages: readonly string[]): Uint8Array[] => [bytesOf(messages.join('\n'))];
/** A message with a right BodyLength and CheckSum. */
export function message(body: string, delimiter = '|'): string {
  const fields = `${body}${delimiter}`.replaceAll('|', delimiter);
  const head = `8=FIX.4.4${delimiter}9=${fields.length}${delimiter}${fields}`;
  let sum = 0;
  for (const byte of Buffer.from(head, 'latin1')) sum += byte === delimiter.charCodeAt(0) ? 1 : byte;
  return `${head}10=${String(sum % 256).padStart(3, '0')}${delimiter}`;
}
export const fill = (id: string, more = '', price = '10'): string =>
  message(`35=8|49=BROKER|17=${id}|150=F|55=IBM|54=2|32=100|31=${price}|60=20240612-14:00:00${more}`);
export const cancel = (id: string, of: string): string =>
  message(`35=8|49=BROKER|17=${id}|19=${of}|150=H|54=2|55=IBM`);
export const correction = (id: string, of: string, price: string): string =>
  fill(id, `|19=${of}`, price).replace('150=F', '150=G');
export const ids = ({ records }: ReadFile): unknown[] =>
  records.map(({ tradeId, line, price }) => [tradeId, line, Number(price / 10n ** 12n)]);

export const ndjson: MappingProfile = {
  name: 'nd',
  format: 'ndjson',
  columns: {
    tradeId: 'id',
    account: 'account.code',
    symbol: 'symbol',
    side: 'side',
    quantity: 'execution.qty',
    price: 'execution.px',
    tradeTime: 'time',
    fees: 'dotted.name',
  },
  constants: { currency: 'USD' },
};
export const line = (changes: object = {}): string =>
  JSON.stringify({
    id: 'T1',
    account: { code: 'FUND' },
    symbol: 'IBM',
    side: 'buy',
    execution: { qty: 100, px: 189.5 },
    time: '2024-06-12T14:00:00Z',
    'dotted.name': null,
    ...changes,
  });
