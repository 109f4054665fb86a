import type { LeafFilter } from '../../infra/audit/log/leaf-reader.js';
import { isAudited } from '../../infra/audit/verify-links.js';

/** Metadata of this category is a leaf to the newer filter, and nothing to the older one; no command writes to it. */
export const newerCategory = 'other';
const olderCategories = ['origin', 'seal', 'account', 'report', 'fees', 'shipment', 'saga', 'clock'];

const older: LeafFilter = isAudited(new Set(olderCategories));
const newer: LeafFilter = isAudited(new Set([...olderCategories, newerCategory]));

/** By their versions. */
export const everyFilter: Readonly<Record<string, LeafFilter>> = { '1': older, '2': newer };

/** What a deployment knows: the older one has never heard of the newer one's filter. */
export function filtersKnownTo(version: string): Readonly<Record<string, LeafFilter>> {
  return version === '1' ? { '1': older } : everyFilter;
}
