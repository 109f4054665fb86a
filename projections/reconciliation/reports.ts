import {
  reportEvents,
  type ReportEvent,
  type ReportTerms,
  type StoredObject,
} from '../../domain/reconciliation/contract.js';
import { projection } from '../kernel/projection.js';

export interface ListedReport extends Omit<ReportTerms, 'workspace'> {
  readonly status: 'accepted' | 'running' | 'issued' | 'failed';
  readonly requestedAt: string;
  readonly requestedBy: string;
  /** `rows` counts the open breaks in it. */
  readonly json?: StoredObject;
  readonly csv?: StoredObject;
  readonly issuedAt?: string;
  /** Why it failed. */
  readonly reason?: string;
}

export const reports = projection<ListedReport, ReportEvent>({
  name: 'reports',
  version: 1,
  indexes: [['kind'], ['status']],
  events: reportEvents,
  key: ({ data }) => data.reportId,
  on: {
    ReportRequested: (_before, { data: { workspace: _workspace, ...terms }, at, actor }) => ({
      ...terms,
      status: 'accepted',
      requestedAt: at,
      requestedBy: actor,
    }),
    ReportStarted: (report) => report && { ...report, status: 'running' },
    ReportInterrupted: (report) => report && { ...report, status: 'accepted' },
    ReportIssued: (report, { data: { json, csv }, at }) =>
      report && { ...report, status: 'issued', json, csv, issuedAt: at },
    ReportFailed: (report, { data, at }) =>
      report && { ...report, status: 'failed', reason: data.reason, issuedAt: at },
  },
});
