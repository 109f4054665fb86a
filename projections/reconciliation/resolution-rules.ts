import {
  resolutionRuleEvents,
  type ResolutionRule,
  type ResolutionRuleEvent,
} from '../../domain/reconciliation/contract.js';
import { projection } from '../kernel/projection.js';
import { withApproved, withProposed, withRetired, type ListedVersions } from './two-person-versions.js';

export type ListedResolutionRule = ListedVersions<{ readonly rule: ResolutionRule }>;

export const resolutionRuleList = projection<ListedResolutionRule, ResolutionRuleEvent>({
  name: 'resolution-rules',
  version: 1,
  events: resolutionRuleEvents,
  key: ({ data }) => data.name,
  on: {
    ResolutionRuleProposed: (before, event) => withProposed(before, event, { rule: event.data.rule }),
    ResolutionRuleApproved: withApproved,
    ResolutionRuleRetired: withRetired,
  },
});
