export { runEvents, type RunEvent, type RunManifest } from './runs/events.js';
export {
  sourceEvents,
  uploadEvents,
  type SourceEvent,
  type UploadEvent,
  type UploadWithdrawal,
} from './uploads/events.js';
export type { OtherMessages } from './reading/fix/other-messages.js';
export {
  breakBulkEvents,
  breakEvents,
  breakPolicyEvents,
  type BreakBulkEvent,
  type BreakEvent,
  type BreakPolicyEvent,
  type BreakTerms,
  type BulkTerms,
  type Clearing,
} from './breaks/events.js';
export { builtInPolicy, severityOf, type BreakPolicy } from './breaks/policy-table.js';
export {
  breakStates,
  isUnsettled,
  reopenedState,
  severities,
  type BreakState,
  type Resolution,
  type Severity,
} from './breaks/states.js';
export { breakIdOf, partsOfBreakId } from './breaks/break-id.js';
export type { CarryForward } from './carry-forward/terms.js';
export { reportEvents, type ReportEvent, type ReportKind, type ReportTerms } from './reports/events.js';
export { breakTypes, type MatchStrategy } from './matching/result.js';
export { axionCsv, type MappingProfile } from './uploads/mapping-profile.js';
export type { Break, BreakType, ReconciliationCounts } from './matching/result.js';
export {
  settlementEvents,
  type LeftOut,
  type NetSettlement,
  type SettlementEvent,
  type SettlementTerms,
} from './settlement/events.js';
export { settlementStates, type SettlementState } from './settlement/states.js';
export type { StoredObject } from './stored-object.js';
export type { ToleranceSet } from './matching/tolerances.js';
export type { SearchLimit } from './matching/search-limits.js';
export { crossReferenceEvents, type CrossReferenceEvent, type Instrument } from './instruments/events.js';
export { handMatchEvents, type HandMatchEvent } from './hand-matches/events.js';
export { unmadeMatchEvents, type UnmadeMatchEvent } from './unmade-matches/events.js';
export {
  resolutionRuleEvents,
  type ResolutionRule,
  type ResolutionRuleEvent,
} from './resolution-rules/events.js';
export {
  toleranceSetEvents,
  type ToleranceContent,
  type ToleranceSetEvent,
} from './tolerance-sets/events.js';
export type { BookSide } from './trade-record.js';
