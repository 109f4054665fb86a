import { Rejected } from '../../kernel/errors.js';
import { dateOfLocalTime, midnight } from '../reading/calendar.js';
import { timeZone } from '../reading/time-zone.js';

/** From this trade date on, regular trades settle so many settlement days later. */
export interface SettlementCycle {
  readonly from: string;
  readonly days: number;
}

/** When one market settles trades in one currency: data, and not the market's trading calendar. */
export interface SettlementCalendar {
  readonly market: string;
  /** Three capital letters. */
  readonly currency: string;
  /** IANA name of the zone that its days and its cut-off are of. */
  readonly timeZone: string;
  /** Local time, `HH:mm`: what is not delivered before it fails. */
  readonly cutOff: string;
  /** Ascending by `from`. */
  readonly cycles: readonly SettlementCycle[];
  /** Weekdays on which nothing settles, as `yyyy-MM-dd`. Of a year without an entry nothing is known. */
  readonly holidays: Readonly<Record<number, readonly string[]>>;
}

/** RFC 3339, UTC, milliseconds. */
export interface SettlementWindow {
  /** First moment of the settlement date, by the market's clocks. */
  readonly opensAt: string;
  readonly cutOffAt: string;
}

const dayMs = 86_400_000;

/** @throws Rejected `reconciliation.beyond-calendar` for a date that the calendar has no data for */
export function isSettlementDay(calendar: SettlementCalendar, date: string): boolean {
  const holidays = calendar.holidays[Number(date.slice(0, 4))];
  if (!holidays) throw beyond(calendar, date);
  const weekday = new Date(midnight(date)).getUTCDay();
  return weekday !== 0 && weekday !== 6 && !holidays.includes(date);
}

/** The date itself if it settles, else the next one that does. @throws Rejected as `isSettlementDay` */
export function settlementDayFrom(calendar: SettlementCalendar, date: string): string {
  let day = date;
  while (!isSettlementDay(calendar, day)) day = dayAfter(day);
  return day;
}

/** The n-th settlement day after a date, which need not be one itself. @throws Rejected as `isSettlementDay` */
export function settlementDaysAfter(calendar: SettlementCalendar, date: string, days: number): string {
  let day = date;
  for (let counted = 0; counted < days; counted++) day = settlementDayFrom(calendar, dayAfter(day));
  return day;
}

/**
 * The date on which a regular trade of that date settles.
 *
 * @throws Rejected `reconciliation.beyond-calendar` for a trade date before the first cycle, or without data
 */
export function regularSettlementDate(calendar: SettlementCalendar, tradeDate: string): string {
  const cycle = calendar.cycles.findLast(({ from }) => from <= tradeDate);
  if (!cycle) throw beyond(calendar, tradeDate);
  return settlementDaysAfter(calendar, tradeDate, cycle.days);
}

/** When a settlement date begins and ends, whatever the clocks of the market did that day. */
export function windowOf(calendar: SettlementCalendar, settlementDate: string): SettlementWindow {
  const zone = timeZone(calendar.timeZone);
  if (!zone) throw new RangeError(`${calendar.timeZone} is no time zone`);
  const [hours, minutes] = calendar.cutOff.split(':').map(Number);
  const begin = midnight(settlementDate);
  const cutOff = begin + ((hours ?? 0) * 60 + (minutes ?? 0)) * 60_000;
  return { opensAt: instant(zone.toInstant(begin)), cutOffAt: instant(zone.toInstant(cutOff)) };
}

function dayAfter(date: string): string {
  return dateOfLocalTime(midnight(date) + dayMs);
}

function instant(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

function beyond({ market }: SettlementCalendar, date: string): Rejected {
  return new Rejected(
    'reconciliation.beyond-calendar',
    `the settlement calendar of ${market} says nothing of ${date}`,
    { date },
  );
}
