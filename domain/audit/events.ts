import type { Erasable } from '../kernel/erasable.js';
import { event, type EventOf } from '../kernel/event.js';

/** Requests of one principal that ended in one way, within one minute (rule C9). */
export interface GatheredRefusals {
  /** `key:<id>`, `bootstrap`; `anonymous` where no valid key was shown, `others` beyond what is told apart. */
  readonly principal: string;
  /** The stable code that they were answered with. */
  readonly code: string;
  /** RFC 3339, UTC: where the minute begins. */
  readonly minute: string;
  readonly count: number;
  /** Method and template of the first one's route. */
  readonly route: string;
}

/** In the stream of one process and one day, `access-<workspace>.<date>-<process>`. */
export const refusalEvents = {
  /** Nobody was let in, or not to this. */
  AccessDenied: event<GatheredRefusals>(),
  /** Commands that were let in, and could not be carried out. */
  CommandsFailed: event<GatheredRefusals>(),
};
export type RefusalEvent = EventOf<typeof refusalEvents>;

/** What of the audit trail was read. */
export const trailReadKinds = ['events', 'event', 'proof', 'state', 'exports', 'download'] as const;
export type TrailReadKind = (typeof trailReadKinds)[number];

/** In the stream of one process and one day, `auditRead-<workspace>.<date>-<process>`. */
export const trailReadEvents = {
  AuditTrailRead: event<{ kind: TrailReadKind; query: Erasable<Readonly<Record<string, string>>> }>({
    // What somebody searched for may name a person.
    erasable: { query: (_data, { actor }) => actor },
  }),
};
export type TrailReadEvent = EventOf<typeof trailReadEvents>;

/** What an export holds: all that its computation needs, so that it comes out the same whenever it is done. */
export interface AuditExportTerms {
  readonly exportId: string;
  readonly workspace: string;
  /** Positions, decimal; both inclusive. Left out: from the first, to the last that is sealed. */
  readonly from?: string;
  readonly to?: string;
  /** The signed note that it is proved by: the newest one when it was asked for. */
  readonly checkpoint: string;
}

export interface AuditExportResult {
  /** The folder, as a tar file in the object store. */
  readonly archive: { readonly sha256: string; readonly bytes: number };
  /** Index of its first leaf in the workspace's log, the log's size, and its root, hex. */
  readonly first: number;
  readonly size: number;
  readonly root: string;
}

export const auditExportEvents = {
  AuditExportRequested: event<AuditExportTerms>(),
  AuditExportStarted: event<{ exportId: string; attempt: number }>(),
  /** At every tenth of the way, at most. */
  AuditExportProgressed: event<{ exportId: string; leaves: number; of: number }>(),
  /** The platform stopped in the middle: the attempt does not count. */
  AuditExportInterrupted: event<{ exportId: string }>(),
  AuditExportCompleted: event<AuditExportResult & { exportId: string }>(),
  AuditExportFailed: event<{ exportId: string; reason: string }>(),
};
export type AuditExportEvent = EventOf<typeof auditExportEvents>;
