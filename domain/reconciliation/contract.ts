export { reconciliationAudit } from './audit-table.js';
export {
  runEvents,
  sourceEvents,
  uploadEvents,
  type RunEvent,
  type RunManifest,
  type SourceEvent,
  type UploadEvent,
} from './events.js';
export { axionCsv, type MappingProfile } from './mapping-profile.js';
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
export type { BookSide } from './trade-record.js';
