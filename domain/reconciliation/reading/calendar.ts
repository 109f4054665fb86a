/** The calendar of trades: dates as `yyyy-MM-dd`, in the years 1900 to 9999 (a mistyped year is no date). */
const firstYear = 1900;
const lastYear = 9999;
const monthLengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

export interface Problem {
  readonly reason: string;
}

export interface CalendarDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** Why there is no such date; nothing if there is. */
export function dateProblem({ year, month, day }: CalendarDate): Problem | undefined {
  if (year < firstYear || year > lastYear) return { reason: `is no date: year ${year} is out of range` };
  const length = month === 2 && isLeap(year) ? 29 : monthLengths[month - 1];
  if (length === undefined) return { reason: `is no date: there is no month ${month}` };
  if (day < 1 || day > length) return { reason: `is no date: month ${month} of ${year} has ${length} days` };
  return undefined;
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

export function dateText({ year, month, day }: CalendarDate): string {
  return `${year}-${month < 10 ? '0' : ''}${month}-${day < 10 ? '0' : ''}${day}`;
}

/** The date on which a local time (written as if it were UTC) falls. */
export function dateOfLocalTime(local: number): string {
  const date = new Date(local);
  return dateText({ year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() });
}

/** Midnight of an ISO date, as if it were UTC. */
export function midnight(isoDate: string): number {
  return Date.UTC(Number(isoDate.slice(0, 4)), Number(isoDate.slice(5, 7)) - 1, Number(isoDate.slice(8, 10)));
}

/** Calendar days between two ISO dates. */
export function daysApart(left: string, right: string): number {
  return Math.abs(midnight(left) - midnight(right)) / 86_400_000;
}
