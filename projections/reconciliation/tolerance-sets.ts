import {
  toleranceSetEvents,
  type ToleranceContent,
  type ToleranceSetEvent,
} from '../../domain/reconciliation/contract.js';
import { projection } from '../kernel/projection.js';
import { withApproved, withProposed, withRetired, type ListedVersions } from './two-person-versions.js';

export type ListedToleranceSet = ListedVersions<ToleranceContent>;

export const toleranceSets = projection<ListedToleranceSet, ToleranceSetEvent>({
  name: 'tolerance-sets',
  version: 1,
  events: toleranceSetEvents,
  key: ({ data }) => data.name,
  on: {
    ToleranceSetProposed: (before, event) => {
      const { tolerances, overrides } = event.data;
      return withProposed(before, event, { tolerances, overrides });
    },
    ToleranceSetApproved: withApproved,
    ToleranceSetRetired: withRetired,
  },
});
