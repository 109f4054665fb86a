import type { LeafFilter } from '../../infra/audit/log/leaf-reader.js';
import { isAudited } from '../../infra/audit/verify-links.js';

/** What two deployments of one program know: the older one has never heard of the newer one's filter. */
export const versions = ['older', 'newer'] as const;
export type Version = (typeof versions)[number];

/** A category whose metadata is a leaf to the newer filter, and nothing to the older one. */
export const newerCategory = 'other';
export const olderCategory = 'thing';

const filterOf: Readonly<Record<Version, LeafFilter>> = {
  older: isAudited(new Set(['origin', 'seal', olderCategory])),
  newer: isAudited(new Set(['origin', 'seal', olderCategory, newerCategory])),
};

export const filterName: Readonly<Record<Version, string>> = { older: '1', newer: '2' };

/** By their versions, as far as that deployment knows them. */
export function filtersKnownTo(version: Version): Readonly<Record<string, LeafFilter>> {
  const older = { [filterName.older]: filterOf.older };
  return version === 'older' ? older : { ...older, [filterName.newer]: filterOf.newer };
}
