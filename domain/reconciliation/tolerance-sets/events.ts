import { event, type EventOf } from '../../kernel/event.js';
import type { ToleranceSet } from '../matching/tolerances.js';
import type { ToleranceOverride } from '../matching/yardsticks.js';

/** What a version of a named tolerance set says. */
export interface ToleranceContent {
  readonly tolerances: ToleranceSet;
  readonly overrides: readonly ToleranceOverride[];
}

/** A set as a run takes it: its name, its version, and the values themselves. */
export interface ChosenToleranceSet extends ToleranceContent {
  readonly name: string;
  readonly version: number;
}

export const toleranceSetEvents = {
  ToleranceSetProposed: event<ToleranceContent & { name: string; version: number; proposedBy: string }>(),
  /** From here on the version counts. */
  ToleranceSetApproved: event<{ name: string; version: number; approvedBy: string }>(),
  /** All its versions so far. */
  ToleranceSetRetired: event<{ name: string; retiredBy: string; reason: string }>(),
};
export type ToleranceSetEvent = EventOf<typeof toleranceSetEvents>;
