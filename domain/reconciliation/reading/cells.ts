import { type Decimal, parseDecimal } from '../../kernel/decimal.js';
import { type MappingProfile } from '../uploads/mapping-profile.js';
import { type TradeSide } from '../trade-record.js';
import { type Problem } from './calendar.js';
import { fixSideCodes } from './fix/default-tags.js';
import { remembered } from './memory.js';

/** Reads one cell that is not empty. */
export type CellReader<Value> = (text: string) => Value | Problem;

const longestText = 200;
// No identifier holds one, and the keys of the matching and the logs could be forged with them.
const controlCharacter = /\p{Cc}/u;

export function textReader(): CellReader<string> {
  return remembered((text) => checkedText(text));
}

/** Not remembered: a trade id comes once. */
export const identifierReader: CellReader<string> = (text) => checkedText(text);

function checkedText(text: string): string | Problem {
  if (text.length > longestText) return { reason: `is longer than ${longestText} characters` };
  return controlCharacter.test(text) ? { reason: 'contains a control character' } : text;
}

export function symbolReader(symbols: MappingProfile['symbols']): CellReader<string> {
  const table = new Map(Object.entries(symbols ?? {}));
  return remembered((text) => table.get(text) ?? checkedText(text));
}

const mostCodesNamed = 8;
const plainSideCodes: Readonly<Record<string, TradeSide>> = { buy: 'buy', sell: 'sell' };

export function sideReader({ format, sideCodes }: MappingProfile): CellReader<TradeSide> {
  const table = new Map(Object.entries(sideCodes ?? (format === 'fix' ? fixSideCodes : plainSideCodes)));
  // Named in every reject, so only as many as a person would read.
  const codes =
    [...table.keys()].slice(0, mostCodesNamed).join(', ') + (table.size > mostCodesNamed ? ', …' : '');
  return remembered((text) => {
    const side = table.get(text);
    return side ?? { reason: `is no side code: ${codes} are` };
  });
}

export const currencyReader: CellReader<string> = remembered((text) =>
  /^[A-Z]{3}$/.test(text) ? text : { reason: 'is not three capital letters' },
);

export function quantityReader(profile: MappingProfile): CellReader<Decimal> {
  // FIX engines do report fills of nothing; they are trades that the other side may have on record as well.
  const least = profile.format === 'fix' ? 0n : 1n;
  const reason = least === 0n ? 'is less than zero' : 'is not greater than zero';
  return remembered((text) => {
    const quantity = parseDecimal(text, profile);
    return typeof quantity === 'bigint' && quantity < least ? { reason } : quantity;
  });
}

export function priceReader(profile: MappingProfile): CellReader<Decimal> {
  return (text) => {
    const price = parseDecimal(text, profile);
    return typeof price === 'bigint' && price < 0n ? { reason: 'is less than zero' } : price;
  };
}

/** Of either sign: rebates are sent as negative fees. */
export function feesReader(profile: MappingProfile): CellReader<Decimal> {
  return remembered((text) => parseDecimal(text, profile));
}
