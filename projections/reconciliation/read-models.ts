import type { AnyProjection } from '../kernel/projection.js';
import { breakBulks } from './break-bulks.js';
import { breakPolicies } from './break-policies.js';
import { breakTrends } from './break-trends.js';
import { breaks } from './breaks.js';
import { instruments } from './instruments.js';
import { reports } from './reports.js';
import { resolutionRuleList } from './resolution-rules.js';
import { runs } from './runs.js';
import { settlementBreaks } from './settlement-breaks.js';
import { settlements } from './settlements.js';
import { sources } from './sources.js';
import { toleranceSets } from './tolerance-sets.js';
import { uploads } from './uploads.js';

export const reconciliationReadModels: readonly AnyProjection[] = [
  sources,
  uploads,
  runs,
  breaks,
  instruments,
  toleranceSets,
  resolutionRuleList,
  breakTrends,
  breakPolicies,
  breakBulks,
  reports,
  settlements,
  settlementBreaks,
];
