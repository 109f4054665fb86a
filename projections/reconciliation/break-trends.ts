import {
  breakEvents,
  breakTypes,
  runEvents,
  type BreakEvent,
  type BreakType,
  type RunEvent,
} from '../../domain/reconciliation/contract.js';
import { projection } from '../kernel/projection.js';

/** Of one type on one day (UTC). Open at its end: what the days up to it opened less what they settled. */
export interface DayOfType {
  /** Found by a run, or there since a match of it was unmade. */
  readonly opened: number;
  readonly resolved: number;
  readonly cleared: number;
  readonly reopened: number;
  readonly escalated: number;
}

export interface BreakDay {
  /** `yyyy-MM-dd`. */
  readonly day: string;
  readonly types: Readonly<Partial<Record<BreakType, DayOfType>>>;
}

type Input =
  | Extract<RunEvent, { type: 'RunCompleted' | 'MatchUnmade' }>
  | Extract<BreakEvent, { type: 'BreakResolved' | 'BreakCleared' | 'BreakReopened' | 'BreakEscalated' }>;

const nothing: DayOfType = { opened: 0, resolved: 0, cleared: 0, reopened: 0, escalated: 0 };

/** What became of breaks, day by day. */
export const breakTrends = projection<BreakDay, Input>({
  name: 'break-trends',
  version: 1,
  indexes: [['day']],
  events: {
    RunCompleted: runEvents.RunCompleted,
    MatchUnmade: runEvents.MatchUnmade,
    BreakResolved: breakEvents.BreakResolved,
    BreakCleared: breakEvents.BreakCleared,
    BreakReopened: breakEvents.BreakReopened,
    BreakEscalated: breakEvents.BreakEscalated,
  },
  key: ({ at }) => at.slice(0, 10),
  on: {
    RunCompleted: (day, { data: { counts } }, id) =>
      breakTypes.reduce((before, type) => counted(before, id, type, 'opened', counts.breaks[type]), day),
    MatchUnmade: (day, { data: { breaks } }, id) =>
      breaks.reduce((before, { type }) => counted(before, id, type, 'opened'), day),
    BreakResolved: (day, { data }, id) => counted(day, id, data.type, 'resolved'),
    BreakCleared: (day, { data }, id) => counted(day, id, data.type, 'cleared'),
    BreakReopened: (day, { data }, id) => counted(day, id, data.type, 'reopened'),
    BreakEscalated: (day, { data }, id) => counted(day, id, data.type, 'escalated'),
  },
});

function counted(
  before: BreakDay | undefined,
  day: string,
  type: BreakType,
  what: keyof DayOfType,
  count = 1,
): BreakDay | undefined {
  if (count === 0) return before;
  const ofType = before?.types[type] ?? nothing;
  return { day, types: { ...before?.types, [type]: { ...ofType, [what]: ofType[what] + count } } };
}
