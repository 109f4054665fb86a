import type { LeafFilter } from '../../infra/audit/log/leaf-reader.js';
import { isAudited } from '../../infra/audit/verify-links.js';

const first = [
  'origin',
  'seal',
  'workspace',
  'apiKey',
  'source',
  'upload',
  'run',
  'settlement',
  'clock',
  'saga',
  'access',
  'auditRead',
  'auditExport',
];

/**
 * The audited categories of each version of the filter, for ever: a seal that was begun by one is completed by it.
 * A context that adds a category adds a version, with all of the one before.
 */
export const categoriesOfFilter: Readonly<Record<string, readonly string[]>> = {
  '1': first,
  '2': [
    ...first,
    'crossReference',
    'toleranceSet',
    'resolutionRules',
    'break',
    'breakPolicy',
    'breakBulk',
    'report',
  ],
};

/** The version that new seals are made with. */
export const newestFilter = '2';

export const leafFilters: Readonly<Record<string, LeafFilter>> = Object.fromEntries(
  Object.entries(categoriesOfFilter).map(([version, categories]) => [
    version,
    isAudited(new Set(categories)),
  ]),
);
