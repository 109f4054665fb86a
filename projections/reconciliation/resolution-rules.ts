import {
  resolutionRuleEvents,
  type ResolutionRule,
  type ResolutionRuleEvent,
} from '../../domain/reconciliation/contract.js';
import { projection } from '../kernel/projection.js';

export interface ListedRuleVersion {
  readonly version: number;
  readonly state: 'proposed' | 'approved' | 'retired';
  readonly rule: ResolutionRule;
  readonly proposedBy: string;
  readonly proposedAt: string;
  readonly approvedBy?: string;
  readonly approvedAt?: string;
  readonly retiredBy?: string;
  readonly retiredAt?: string;
  /** Why it was retired. */
  readonly reason?: string;
}

export interface ListedResolutionRule {
  readonly name: string;
  /** The version that is in force; absent: there is none. */
  readonly current?: number;
  /** From the first on. */
  readonly versions: readonly ListedRuleVersion[];
}

export const resolutionRuleList = projection<ListedResolutionRule, ResolutionRuleEvent>({
  name: 'resolution-rules',
  version: 1,
  events: resolutionRuleEvents,
  key: ({ data }) => data.name,
  on: {
    ResolutionRuleProposed: (before, { data: { name, ...data }, at }) => ({
      ...before,
      name,
      versions: [...(before?.versions ?? []), { ...data, state: 'proposed', proposedAt: at }],
    }),
    ResolutionRuleApproved: (before, { data: { version, approvedBy }, at }) =>
      before && {
        ...before,
        current: Math.max(before.current ?? 0, version),
        versions: before.versions.map((one) =>
          one.version === version ? { ...one, state: 'approved', approvedBy, approvedAt: at } : one,
        ),
      },
    ResolutionRuleRetired: (before, { data: { retiredBy, reason }, at }) => {
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
