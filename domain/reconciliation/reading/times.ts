import { type CalendarDate, dateProblem, dateText, type Problem } from './calendar.js';
import { compilePattern, offsetMinutes, type Pattern, type TimeFields } from './pattern.js';

const minute = 60_000;

/** A moment as it was written: a local time, an instant if an offset came with it, and a date if one came with it. */
export interface WrittenTime {
  /** Milliseconds since midnight, or since 1970 as if UTC when `dated`. */
  readonly local: number;
  readonly dated: boolean;
  readonly offset?: number;
}

export interface TimeReader {
  readonly read: (text: string) => WrittenTime | Problem;
  /** Whether what is read always holds its date. */
  readonly dated: boolean;
  /** The coarsest step of the times it reads, in milliseconds. */
  readonly resolution: number;
}

const isoDate = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/;
const isoTime =
  /^([0-9]{4})-([0-9]{2})-([0-9]{2})[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)?(Z|[+-][0-9]{2}:?[0-9]{2})?$/;

const fixDate = /^([0-9]{4})([0-9]{2})([0-9]{2})(?:-[0-9:.]{5,21})?$/;
const fixTime = /^([0-9]{4})([0-9]{2})([0-9]{2})-([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,12}))?Z?$/;

/** Reads dates of a pattern, or `yyyy-MM-dd` without one. */
export function dateReader(format: string | undefined): ((text: string) => string | Problem) | Problem {
  if (format === undefined) return readIsoDate;
  const pattern = compilePattern(format);
  if ('reason' in pattern) return pattern;
  if (!namesDate(pattern) || pattern.letters.size !== 3)
    return { reason: 'does not name year, month and day only' };
  return (text) => {
    const fields = pattern.read(text);
    if ('reason' in fields) return fields;
    const date = dateOf(fields);
    return dateProblem(date) ?? dateText(date);
  };
}

function readIsoDate(text: string): string | Problem {
  const found = isoDate.exec(text);
  if (found === null) return { reason: 'is not written as yyyy-MM-dd' };
  const date = { year: Number(found[1]), month: Number(found[2]), day: Number(found[3]) };
  return dateProblem(date) ?? text;
}

/** Reads times of a pattern, or ISO 8601 date-times (with or without an offset) without one. */
export function timeReader(format: string | undefined): TimeReader | Problem {
  if (format === undefined) return { read: readIsoTime, dated: true, resolution: 1 };
  const pattern = compilePattern(format);
  if ('reason' in pattern) return pattern;
  const { letters } = pattern;
  const dated = namesDate(pattern);
  if (!dated && ['y', 'M', 'd'].some((letter) => letters.has(letter)))
    return { reason: 'names a part of a date only' };
  if (!dated && letters.has('X')) return { reason: 'names an offset without a date' };
  if (letters.has('H') === letters.has('h')) return { reason: 'must name the hour once, as H or h' };
  if (letters.has('h') !== letters.has('a')) return { reason: 'must name h and a together' };
  if (letters.has('s') && !letters.has('m')) return { reason: 'names seconds without minutes' };
  if (letters.has('S') && !letters.has('s')) return { reason: 'names a fraction without seconds' };
  return {
    dated,
    resolution: resolutionOf(letters, format),
    read: (text) => {
      const fields = pattern.read(text);
      return 'reason' in fields ? fields : writtenTime(fields, dated);
    },
  };
}

/**
 * Reads FIX dates, `yyyyMMdd`. Senders are found that write a whole timestamp in their place: its date is meant.
 */
export function readFixDate(text: string): string | Problem {
  const found = fixDate.exec(text);
  if (found === null) return { reason: 'is no FIX date: yyyyMMdd' };
  const date = { year: Number(found[1]), month: Number(found[2]), day: Number(found[3]) };
  return dateProblem(date) ?? dateText(date);
}

/** Reads FIX UTCTimestamps. Its step is a second unless every time that was read had a fraction. */
export function fixTimeReader(): TimeReader {
  let resolution = 1;
  return {
    dated: true,
    get resolution() {
      return resolution;
    },
    read: (text) => {
      const found = fixTime.exec(text);
      if (found === null) return { reason: 'is no FIX timestamp: yyyyMMdd-HH:mm:ss, or with a fraction' };
      if (found[7] === undefined) resolution = 1_000;
      const millisecond = Number((found[7] ?? '').slice(0, 3).padEnd(3, '0'));
      const fields = {
        year: Number(found[1]),
        month: Number(found[2]),
        day: Number(found[3]),
        hour: Number(found[4]),
        minute: Number(found[5]),
        second: Number(found[6]),
      };
      return writtenTime({ ...fields, millisecond, offset: 0 }, true);
    },
  };
}

function resolutionOf(letters: ReadonlySet<string>, format: string): number {
  if (letters.has('S')) return 10 ** (3 - Math.min(3, /S+/.exec(format)?.[0].length ?? 3));
  if (letters.has('s')) return 1_000;
  return letters.has('m') ? minute : 60 * minute;
}

function namesDate({ letters }: Pattern): boolean {
  return letters.has('y') && letters.has('M') && letters.has('d');
}

function readIsoTime(text: string): WrittenTime | Problem {
  const found = isoTime.exec(text);
  if (found === null) return { reason: 'is not an ISO 8601 date and time' };
  const offset = found[8];
  return writtenTime(
    {
      year: Number(found[1]),
      month: Number(found[2]),
      day: Number(found[3]),
      hour: Number(found[4]),
      minute: Number(found[5]),
      second: Number(found[6] ?? 0),
      millisecond: Number((found[7] ?? '').slice(0, 3).padEnd(3, '0')),
      ...(offset === undefined ? {} : { offset: offsetMinutes(offset) }),
    },
    true,
  );
}

function writtenTime(fields: TimeFields, dated: boolean): WrittenTime | Problem {
  const hour = hourOf(fields);
  const { minute: minutes = 0, second = 0, millisecond = 0, offset } = fields;
  if (hour < 0 || hour > 23) return { reason: 'is no time: there is no such hour' };
  if (minutes > 59) return { reason: `is no time: there is no minute ${minutes}` };
  if (second > 59) return { reason: `is no time: there is no second ${second}` };
  if (offset !== undefined && Number.isNaN(offset)) return { reason: 'is no time: there is no such offset' };
  const ofDay = ((hour * 60 + minutes) * 60 + second) * 1_000 + millisecond;
  if (!dated) return { local: ofDay, dated };
  const date = dateOf(fields);
  const problem = dateProblem(date);
  if (problem !== undefined) return problem;
  const local = Date.UTC(date.year, date.month - 1, date.day) + ofDay;
  return offset === undefined ? { local, dated } : { local, dated, offset: offset * minute };
}

function hourOf({ hour, clockHour, afternoon }: TimeFields): number {
  if (clockHour === undefined) return hour ?? 0;
  if (clockHour < 1 || clockHour > 12) return -1;
  return (clockHour % 12) + (afternoon === true ? 12 : 0);
}

function dateOf({ year = 0, month = 0, day = 0 }: TimeFields): CalendarDate {
  return { year, month, day };
}
