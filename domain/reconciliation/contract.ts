export {
  runEvents,
  sourceEvents,
  uploadEvents,
  type RunEvent,
  type RunManifest,
  type SourceEvent,
  type StoredObject,
  type UploadEvent,
} from './events.js';
export { axionCsv, type MappingProfile } from './mapping-profile.js';
export type { Break, BreakType, ReconciliationCounts } from './matching/result.js';
export type { ToleranceSet } from './matching/tolerances.js';
export type { BookSide } from './trade-record.js';
