import { InvalidRequest } from '../../../../domain/kernel/errors.js';
import { breakTypes, type BreakType } from '../../../../domain/reconciliation/contract.js';
import type { BreakDay, DayOfType } from '../../../../projections/reconciliation/break-trends.js';

export interface TrendOfType extends DayOfType {
  /** At the end of the day. */
  readonly open: number;
}

export interface TrendDay {
  readonly day: string;
  /** Types of which there was nothing up to this day are left out. */
  readonly types: Readonly<Partial<Record<BreakType, TrendOfType>>>;
}

const dayMs = 86_400_000;
const longestDays = 366;
const nothing: DayOfType = { opened: 0, resolved: 0, cleared: 0, reopened: 0, escalated: 0 };

/**
 * A line for every day of a range, days on which nothing happened included.
 *
 * @throws InvalidRequest `request.invalid` for a range that ends before it begins, or is too long
 */
export function trendsOf(all: readonly BreakDay[], from: string, to: string): readonly TrendDay[] {
  const count = (Date.parse(to) - Date.parse(from)) / dayMs + 1;
  if (count < 1 || count > longestDays)
    throw new InvalidRequest('request.invalid', `a range is 1 to ${longestDays} days long`, {
      problems: [{ field: 'to', reason: 'does not fit to from' }],
    });
  const open = new Map<BreakType, number>();
  for (const { day, types } of all) if (day < from) addUp(open, types);
  return Array.from({ length: count }, (_none, index) => {
    const day = new Date(Date.parse(from) + index * dayMs).toISOString().slice(0, 10);
    const types = all.find((one) => one.day === day)?.types ?? {};
    addUp(open, types);
    const known = breakTypes.filter((type) => open.has(type));
    return {
      day,
      types: Object.fromEntries(
        known.map((type) => [type, { ...(types[type] ?? nothing), open: open.get(type) ?? 0 }] as const),
      ),
    };
  });
}

function addUp(open: Map<BreakType, number>, types: BreakDay['types']): void {
  for (const type of breakTypes) {
    const day = types[type];
    if (day) open.set(type, (open.get(type) ?? 0) + day.opened + day.reopened - day.resolved - day.cleared);
  }
}
