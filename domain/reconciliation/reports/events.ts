import { event, type EventOf } from '../../kernel/event.js';
import type { StoredObject } from '../stored-object.js';

export const reportKinds = ['daily', 'period'] as const;
export type ReportKind = (typeof reportKinds)[number];

/** What a report says follows from this and from the log alone: the same terms give the same bytes. */
export interface ReportTerms {
  readonly reportId: string;
  /** The log is read for it alone. */
  readonly workspace: string;
  readonly kind: ReportKind;
  /** Trade dates, `yyyy-MM-dd`, both included. */
  readonly from: string;
  readonly to: string;
  /** Everything up to a position of the log, decimal, that happened at a time or before it. */
  readonly asOf: { readonly position: string; readonly time: string };
}

export interface ReportContent {
  readonly json: StoredObject;
  readonly csv: StoredObject;
}

export const reportEvents = {
  ReportRequested: event<ReportTerms>(),
  ReportStarted: event<{ reportId: string; attempt: number }>(),
  /** The platform stopped in the middle: the attempt does not count. */
  ReportInterrupted: event<{ reportId: string }>(),
  /** Its bytes are kept as they are; `rows` of the objects counts the open breaks in them. */
  ReportIssued: event<ReportTerms & ReportContent>(),
  ReportFailed: event<{ reportId: string; reason: string }>(),
};
export type ReportEvent = EventOf<typeof reportEvents>;
