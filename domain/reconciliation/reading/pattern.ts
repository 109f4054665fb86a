import { type Problem } from './calendar.js';

/** What a pattern reads from a text; what it does not name stays undefined. */
export interface TimeFields {
  year?: number;
  month?: number;
  day?: number;
  hour?: number;
  /** 1 to 12, to be read with `afternoon`. */
  clockHour?: number;
  afternoon?: boolean;
  minute?: number;
  second?: number;
  millisecond?: number;
  /** Minutes east of UTC. */
  offset?: number;
}

export interface Pattern {
  readonly letters: ReadonlySet<string>;
  readonly read: (text: string) => TimeFields | Problem;
}

interface Piece {
  readonly letters: string;
  readonly source: string;
  readonly store?: (fields: TimeFields, text: string) => void;
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** The letters of java.time's DateTimeFormatter that a profile may use: a closed table, anything else is refused. */
const vocabulary: Readonly<Record<string, Omit<Piece, 'letters'>>> = {
  yyyy: { source: '([0-9]{4})', store: (fields, text) => (fields.year = Number(text)) },
  yy: { source: '([0-9]{2})', store: (fields, text) => (fields.year = 2000 + Number(text)) },
  MMM: {
    source: '([A-Za-z]{3})',
    store: (fields, text) => (fields.month = months.indexOf(text.toLowerCase()) + 1),
  },
  MM: { source: '([0-9]{2})', store: (fields, text) => (fields.month = Number(text)) },
  M: { source: '([0-9]{1,2})', store: (fields, text) => (fields.month = Number(text)) },
  dd: { source: '([0-9]{2})', store: (fields, text) => (fields.day = Number(text)) },
  d: { source: '([0-9]{1,2})', store: (fields, text) => (fields.day = Number(text)) },
  HH: { source: '([0-9]{2})', store: (fields, text) => (fields.hour = Number(text)) },
  H: { source: '([0-9]{1,2})', store: (fields, text) => (fields.hour = Number(text)) },
  hh: { source: '([0-9]{2})', store: (fields, text) => (fields.clockHour = Number(text)) },
  h: { source: '([0-9]{1,2})', store: (fields, text) => (fields.clockHour = Number(text)) },
  a: { source: '([AaPp][Mm])', store: (fields, text) => (fields.afternoon = text.toLowerCase() === 'pm') },
  mm: { source: '([0-9]{2})', store: (fields, text) => (fields.minute = Number(text)) },
  ss: { source: '([0-9]{2})', store: (fields, text) => (fields.second = Number(text)) },
  X: {
    source: '(Z|[+-][0-9]{2}(?::?[0-9]{2})?)',
    store: (fields, text) => (fields.offset = offsetMinutes(text)),
  },
  XXX: {
    source: '(Z|[+-][0-9]{2}:[0-9]{2})',
    store: (fields, text) => (fields.offset = offsetMinutes(text)),
  },
};

/** Minutes east of UTC of `Z`, `+hh`, `+hhmm` or `+hh:mm`; NaN for an offset that no clock has. */
export function offsetMinutes(text: string): number {
  if (text === 'Z') return 0;
  const digits = text.slice(1).replace(':', '');
  const hours = Number(digits.slice(0, 2));
  const minutes = Number(digits.slice(2));
  if (hours > 18 || minutes > 59) return Number.NaN;
  return (text.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}

/** Compiles a pattern such as `dd/MM/yyyy` or `yyyy-MM-dd'T'HH:mm:ss.SSS`. */
export function compilePattern(pattern: string): Pattern | Problem {
  const pieces: Piece[] = [];
  const letters = new Set<string>();
  for (const token of pattern.match(/'[^']*'|([A-Za-z])\1*|[^A-Za-z']+|'/g) ?? []) {
    const piece = pieceOf(token);
    if ('reason' in piece) return piece;
    for (const letter of piece.letters) {
      if (letters.has(letter)) return { reason: `names "${letter}" twice` };
      letters.add(letter);
    }
    pieces.push(piece);
  }
  const expression = new RegExp(`^${pieces.map(({ source }) => source).join('')}$`);
  const stores = pieces.flatMap(({ store }) => store ?? []);
  return {
    letters,
    read: (text) => {
      const found = expression.exec(text);
      if (found === null) return { reason: `is not written as ${pattern}` };
      const fields: TimeFields = {};
      stores.forEach((store, index) => store(fields, found[index + 1] ?? ''));
      return fields;
    },
  };
}

function pieceOf(token: string): Piece | Problem {
  if (token === "'") return { reason: 'has a quotation that does not end' };
  if (token.startsWith("'"))
    return { letters: '', source: literal(token === "''" ? "'" : token.slice(1, -1)) };
  if (!/[A-Za-z]/.test(token)) return { letters: '', source: literal(token) };
  const known = vocabulary[token] ?? (/^S{1,9}$/.test(token) ? fractionOfSecond(token.length) : undefined);
  return known === undefined
    ? { reason: `has the unknown letters "${token}"` }
    : { letters: token.charAt(0), ...known };
}

/** Times are kept to the millisecond: further digits are read and cut off. */
function fractionOfSecond(digits: number): Omit<Piece, 'letters'> {
  return {
    source: `([0-9]{${digits}})`,
    store: (fields, text) => (fields.millisecond = Number(text.slice(0, 3).padEnd(3, '0'))),
  };
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
