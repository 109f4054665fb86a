import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { codeOf } from '../../kernel/errors.js';
import {
  isSettlementDay,
  regularSettlementDate,
  settlementDayFrom,
  settlementDaysAfter,
  windowOf,
  type SettlementCalendar,
} from './calendar.js';
import { usEquities } from './us-equities.js';

const sessions = readFileSync('test/data/calendars/xnys-sessions.csv', 'utf8').trim().split('\n').slice(1);

/** New York's real sessions as a calendar: a weekday without one is a holiday. */
const newYork: SettlementCalendar = { ...usEquities, holidays: holidaysBetween(sessions) };

function holidaysBetween(days: readonly string[]): Record<number, string[]> {
  const open = new Set(days);
  const holidays: Record<number, string[]> = {};
  for (const day of everyDay(2010, 2022)) {
    const year = (holidays[Number(day.slice(0, 4))] ??= []);
    if (weekdayOf(day) % 6 !== 0 && !open.has(day)) year.push(day);
  }
  return holidays;
}

function everyDay(firstYear: number, lastYear: number): string[] {
  const days: string[] = [];
  for (let day = Date.UTC(firstYear, 0, 1); day < Date.UTC(lastYear + 1, 0, 1); day += 86_400_000)
    days.push(new Date(day).toISOString().slice(0, 10));
  return days;
}

function weekdayOf(day: string): number {
  return new Date(`${day}T00:00:00Z`).getUTCDay();
}

function codeThrownBy(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return codeOf(error);
  }
}

describe('settlement days', () => {
  it('are counted as thirteen years of real sessions were', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: sessions.length - 6 }),
        fc.integer({ min: 1, max: 5 }),
        (at, days) => settlementDaysAfter(newYork, sessions[at]!, days) === sessions[at + days],
      ),
      { numRuns: 2000 },
    );
  });

  it('begin with the day itself, or with the first that follows', () => {
    for (const day of everyDay(2010, 2021))
      expect(settlementDayFrom(newYork, day)).toBe(sessions.find((session) => session >= day));
  });

  it('are three after a trade until the autumn of 2017, and two from then on', () => {
    expect(regularSettlementDate(newYork, '2017-08-31')).toBe('2017-09-06');
    expect(regularSettlementDate(newYork, '2017-09-01')).toBe('2017-09-07');
    expect(regularSettlementDate(newYork, '2017-09-05')).toBe('2017-09-07');
  });

  it('are unknown, and not guessed, where there is no data', () => {
    for (const work of [
      () => isSettlementDay(usEquities, '2023-12-29'),
      () => settlementDayFrom(usEquities, '2028-01-03'),
      () => regularSettlementDate(usEquities, '2027-12-31'),
      () => regularSettlementDate({ ...usEquities, cycles: [] }, '2024-06-12'),
    ])
      expect(codeThrownBy(work)).toBe('reconciliation.beyond-calendar');
  });
});

/** The holidays by their rules: of the Reserve Banks (no Friday for a Saturday) and of the exchanges (one). */
function holidaysByRule(year: number): string[] {
  const text = (month: number, day: number): string =>
    new Date(Date.UTC(year, month - 1, day)).toISOString().slice(0, 10);
  const nthMonday = (month: number, nth: number): string => {
    const first = new Date(Date.UTC(year, month - 1, 1)).getUTCDay();
    return text(month, 1 + ((8 - first) % 7) + 7 * (nth - 1));
  };
  const lastMondayOfMay = [31, 30, 29, 28, 27, 26, 25]
    .map((day) => text(5, day))
    .find((day) => weekdayOf(day) === 1)!;
  const thanksgiving = [22, 23, 24, 25, 26, 27, 28]
    .map((day) => text(11, day))
    .find((day) => weekdayOf(day) === 4)!;
  const observed = (month: number, day: number): string =>
    text(month, day + ({ 0: 1, 6: -1 }[weekdayOf(text(month, day))] ?? 0));
  return [
    text(1, 1),
    nthMonday(1, 3),
    nthMonday(2, 3),
    goodFriday(year),
    lastMondayOfMay,
    observed(6, 19),
    observed(7, 4),
    nthMonday(9, 1),
    nthMonday(10, 2),
    text(11, 11),
    thanksgiving,
    observed(12, 25),
  ];
}

/** Two days before Easter Sunday (the anonymous Gregorian computus, as in Meeus, Astronomical Algorithms). */
function goodFriday(year: number): string {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = Math.floor(b / 4);
  const e = b % 4;
  const g = Math.floor((8 * b + 13) / 25);
  const h = (19 * a + b - d - g + 15) % 30;
  const i = Math.floor(c / 4);
  const k = c % 4;
  const l = (32 + 2 * e + 2 * i - h - k) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const n = h + l - 7 * m + 114;
  return new Date(Date.UTC(year, Math.floor(n / 31) - 1, (n % 31) - 1)).toISOString().slice(0, 10);
}

describe('the settlement calendar of US equities', () => {
  it.each([2024, 2025, 2026, 2027])('has the holidays of %i that their rules give', (year) =>
    expect(usEquities.holidays[year]).toEqual(holidaysByRule(year)),
  );

  it.each([
    ['the day before T+1', '2024-05-24', '2024-05-29'],
    ['the first day of T+1', '2024-05-28', '2024-05-29'],
    ['an ordinary day', '2024-06-12', '2024-06-13'],
    ['a Friday', '2024-06-14', '2024-06-17'],
    ['the Friday before Columbus Day', '2024-10-11', '2024-10-15'],
    ['Columbus Day, on which they trade', '2024-10-14', '2024-10-15'],
    ['the day before Good Friday', '2025-04-17', '2025-04-21'],
    ['the day before a national day of mourning', '2025-01-08', '2025-01-09'],
    ['the Thursday before a Saturday holiday', '2026-07-02', '2026-07-06'],
  ])('settles a trade of %s (%s) on %s', (_what, tradeDate, settlementDate) =>
    expect(regularSettlementDate(usEquities, tradeDate)).toBe(settlementDate),
  );

  it.each([
    ['in summer', '2024-06-13', '2024-06-13T04:00:00.000Z', '2024-06-13T19:10:00.000Z'],
    ['in winter', '2024-12-02', '2024-12-02T05:00:00.000Z', '2024-12-02T20:10:00.000Z'],
    ['after the clocks went on', '2024-03-11', '2024-03-11T04:00:00.000Z', '2024-03-11T19:10:00.000Z'],
    ['before they went back', '2025-10-31', '2025-10-31T04:00:00.000Z', '2025-10-31T19:10:00.000Z'],
  ])('opens at midnight and closes at ten past three of New York %s', (_when, date, opensAt, cutOffAt) =>
    expect(windowOf(usEquities, date)).toEqual({ opensAt, cutOffAt }),
  );
});
