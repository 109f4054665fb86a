import { auditExportEvents, type AuditExportEvent } from '../../domain/audit/contract.js';
import { projection } from '../kernel/projection.js';

export interface ListedAuditExport {
  readonly exportId: string;
  readonly status: 'accepted' | 'running' | 'completed' | 'failed';
  /** Positions; left out where nobody said. */
  readonly from?: string;
  readonly to?: string;
  readonly requestedAt: string;
  readonly requestedBy: string;
  /** How far it is; of nothing before the first report. */
  readonly progress: { readonly leaves: number; readonly of: number };
  /** The folder, as one tar file. */
  readonly archive?: { readonly sha256: string; readonly bytes: number };
  readonly first?: number;
  readonly size?: number;
  readonly root?: string;
  readonly completedAt?: string;
  /** Why it failed. */
  readonly reason?: string;
}

export const auditExports = projection<ListedAuditExport, AuditExportEvent>({
  name: 'audit-exports',
  version: 1,
  events: auditExportEvents,
  key: ({ data }) => data.exportId,
  on: {
    AuditExportRequested: (_before, { data, at, actor }) => ({
      exportId: data.exportId,
      status: 'accepted',
      ...(data.from !== undefined && { from: data.from }),
      ...(data.to !== undefined && { to: data.to }),
      requestedAt: at,
      requestedBy: actor,
      progress: { leaves: 0, of: 0 },
    }),
    AuditExportStarted: (found) => found && { ...found, status: 'running', progress: { leaves: 0, of: 0 } },
    AuditExportProgressed: (found, { data }) =>
      found && { ...found, progress: { leaves: data.leaves, of: data.of } },
    AuditExportInterrupted: (found) => found && { ...found, status: 'accepted' },
    AuditExportCompleted: (found, { data, at }) => {
      const { archive, first, size, root } = data;
      const of = size - first;
      return (
        found && {
          ...found,
          status: 'completed',
          progress: { leaves: of, of },
          archive,
          first,
          size,
          root,
          completedAt: at,
        }
      );
    },
    AuditExportFailed: (found, { data, at }) =>
      found && { ...found, status: 'failed', reason: data.reason, completedAt: at },
  },
});
