import {
  toleranceSetEvents,
  type ToleranceContent,
  type ToleranceSetEvent,
} from '../../domain/reconciliation/contract.js';
import { projection } from '../kernel/projection.js';

export interface ListedToleranceVersion extends ToleranceContent {
  readonly version: number;
  readonly state: 'proposed' | 'approved' | 'retired';
  readonly proposedBy: string;
  readonly proposedAt: string;
  readonly approvedBy?: string;
  readonly approvedAt?: string;
  readonly retiredBy?: string;
  readonly retiredAt?: string;
  /** Why it was retired. */
  readonly reason?: string;
}

export interface ListedToleranceSet {
  readonly name: string;
  /** The version that a run gets which names none; absent: there is none. */
  readonly current?: number;
  /** From the first on. */
  readonly versions: readonly ListedToleranceVersion[];
}

export const toleranceSets = projection<ListedToleranceSet, ToleranceSetEvent>({
  name: 'tolerance-sets',
  version: 1,
  events: toleranceSetEvents,
  key: ({ data }) => data.name,
  on: {
    ToleranceSetProposed: (before, { data: { name, ...data }, at }) => ({
      ...before,
      name,
      versions: [...(before?.versions ?? []), { ...data, state: 'proposed', proposedAt: at }],
    }),
    ToleranceSetApproved: (before, { data: { version, approvedBy }, at }) =>
      before && {
        ...before,
        current: Math.max(before.current ?? 0, version),
        versions: before.versions.map((one) =>
          one.version === version ? { ...one, state: 'approved', approvedBy, approvedAt: at } : one,
        ),
      },
    ToleranceSetRetired: (before, { data: { retiredBy, reason }, at }) => {
      if (!before) return before;
      const { current: _current, ...kept } = before;
      const versions = before.versions.map((one) =>
        one.state === 'retired'
          ? one
          : { ...one, state: 'retired' as const, retiredBy, retiredAt: at, reason },
      );
      return { ...kept, versions };
    },
  },
});
