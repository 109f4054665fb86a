const second = 1_000;
const hour = 3_600_000;
const day = 24 * hour;

/** Conversions between the clocks of one time zone and UTC; a local time is written as if it were UTC. */
export interface TimeZone {
  /**
   * The instant of a local time, as java.time's `ZonedDateTime.of` chooses it: a time that the clocks skip is moved
   * on by the length of the gap, and of a time that comes twice the first is meant.
   */
  readonly toInstant: (local: number) => number;
  readonly toLocal: (instant: number) => number;
}

/** The offsets around one day: `before` holds up to `transition`, `after` from it on. */
interface DayOffsets {
  readonly before: number;
  readonly after: number;
  readonly transition: number;
}

export const utc: TimeZone = { toInstant: (local) => local, toLocal: (instant) => instant };

/** The zone of that IANA name, or nothing if there is none. */
export function timeZone(name: string): TimeZone | undefined {
  if (name === 'UTC') return utc;
  const offsetAt = zoneOffsets(name);
  return offsetAt === undefined ? undefined : cachedZone(offsetAt);
}

function cachedZone(offsetAt: (instant: number) => number): TimeZone {
  const days = new Map<number, DayOffsets>();
  const aroundDay = (time: number): DayOffsets => {
    const number = Math.floor(time / day);
    let offsets = days.get(number);
    if (offsets === undefined) {
      offsets = findOffsets(offsetAt, (number - 1) * day, (number + 2) * day);
      days.set(number, offsets);
    }
    return offsets;
  };
  return {
    toInstant: (local) => {
      const { before, after, transition } = aroundDay(local);
      const early = local - before;
      const late = local - after;
      return early < transition || late < transition ? early : late;
    },
    toLocal: (instant) => {
      const { before, after, transition } = aroundDay(instant);
      return instant + (instant < transition ? before : after);
    },
  };
}

/** No zone has two transitions within three days, so one search finds the only one there can be. */
function findOffsets(offsetAt: (instant: number) => number, from: number, to: number): DayOffsets {
  const before = offsetAt(from);
  const after = offsetAt(to);
  if (before === after) return { before, after, transition: to };
  let low = from;
  let high = to;
  while (high - low > second) {
    const middle = low + Math.floor((high - low) / (2 * second)) * second;
    if (offsetAt(middle) === before) low = middle;
    else high = middle;
  }
  return { before, after, transition: high };
}

function zoneOffsets(name: string): ((instant: number) => number) | undefined {
  const format = calendarOf(name);
  if (format === undefined) return undefined;
  return (instant) => {
    const fields: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
    for (const part of format.formatToParts(instant)) fields[part.type] = Number(part.value);
    const { year = 0, month = 1, day: date = 1, hour: hours = 0, minute = 0, second: seconds = 0 } = fields;
    return Date.UTC(year, month - 1, date, hours, minute, seconds) - Math.floor(instant / second) * second;
  };
}

function calendarOf(name: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
      timeZone: name,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
