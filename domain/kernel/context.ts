import type { AuditTable } from './audit.js';
import type { AnyDecider } from './decider.js';
import type { AnyJob } from './job.js';
import type { AnySaga } from './saga.js';

/** All that a context consists of, for the platform that runs it. */
export interface DomainContext {
  readonly deciders: readonly AnyDecider[];
  readonly sagas: readonly AnySaga[];
  readonly jobs: readonly AnyJob[];
  /** How its events stand in the audit trail. */
  readonly audit: AuditTable;
}
