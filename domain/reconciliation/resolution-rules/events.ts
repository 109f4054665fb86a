import { event, type EventOf } from '../../kernel/event.js';
import type { Resolution } from '../breaks/states.js';
import type { ToleranceAmount } from '../matching/tolerances.js';
import type { BreakType } from '../matching/result.js';

/** Which breaks are resolved of themselves, and how. A break meets every condition that is given. */
export interface ResolutionRule {
  readonly types: readonly BreakType[];
  readonly currency?: string | undefined;
  /** Any identifier of the instrument. */
  readonly symbol?: string | undefined;
  readonly account?: string | undefined;
  /** All uploads of one side of the run are from it. */
  readonly source?: string | undefined;
  /** Of what the difference is worth (`Break.differenceAmount`), in `currency`. */
  readonly differenceUpTo?: ToleranceAmount | undefined;
  /** In `currency`. */
  readonly notionalUpTo?: ToleranceAmount | undefined;
  readonly resolution: Resolution;
  /** For the record of each break. */
  readonly reason: string;
}

/** A rule that was approved, as a run takes it. */
export interface ApprovedRule {
  readonly name: string;
  readonly version: number;
  readonly rule: ResolutionRule;
}

export const resolutionRuleEvents = {
  ResolutionRuleProposed: event<{
    name: string;
    version: number;
    rule: ResolutionRule;
    proposedBy: string;
  }>(),
  /** From here on the version counts, in place of earlier ones. */
  ResolutionRuleApproved: event<{ name: string; version: number; approvedBy: string }>(),
  /** All its versions so far. */
  ResolutionRuleRetired: event<{ name: string; retiredBy: string; reason: string }>(),
};
export type ResolutionRuleEvent = EventOf<typeof resolutionRuleEvents>;
