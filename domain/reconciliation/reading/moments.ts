import { type MappingProfile } from '../uploads/mapping-profile.js';
import { dateOfLocalTime, midnight, type Problem } from './calendar.js';
import { type CellReader } from './cells.js';
import { remembered } from './memory.js';
import { type TimeZone } from './time-zone.js';
import { type TimeReader, type WrittenTime } from './times.js';

/** When a trade was made: its instant, and the trade date that its profile says. */
export interface Moment {
  readonly tradeTime: number;
  readonly tradeDate: string;
}

export interface MomentReader {
  readonly time: CellReader<WrittenTime>;
  /** The moment of a written time, with the trade date if one was sent. */
  readonly moment: (time: WrittenTime, tradeDate: string | undefined) => Moment | Problem;
}

export function momentReader(times: TimeReader, zone: TimeZone): MomentReader {
  const dateStart = remembered(midnight);
  const sharedDates = new Map<number, string>();
  const dateOf = (local: number): string => {
    const day = Math.floor(local / 86_400_000);
    let date = sharedDates.get(day);
    if (date === undefined) {
      date = dateOfLocalTime(local);
      sharedDates.set(day, date);
    }
    return date;
  };
  return {
    time: times.read,
    moment: ({ local, dated, offset }, tradeDate) => {
      if (!dated) {
        if (tradeDate === undefined) return { reason: 'has no date, and no trade date was sent' };
        return { tradeTime: zone.toInstant(dateStart(tradeDate) + local), tradeDate };
      }
      const tradeTime = offset === undefined ? zone.toInstant(local) : local - offset;
      if (tradeDate !== undefined) return { tradeTime, tradeDate };
      return { tradeTime, tradeDate: dateOf(offset === undefined ? local : zone.toLocal(tradeTime)) };
    },
  };
}

/** Whether the trade date must be sent, because the time of day comes without one. */
export function needsTradeDate(profile: MappingProfile, times: TimeReader): boolean {
  return (
    !times.dated && profile.columns.tradeDate === undefined && profile.constants?.tradeDate === undefined
  );
}
