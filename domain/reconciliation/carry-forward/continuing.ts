import type { RunManifest } from '../events.js';
import type { ContinuedRun } from './terms.js';

/** What a run goes on from; nothing of runs before breaks were kept for it, or that are not completed. */
export function continuing(
  runId: string,
  manifest: RunManifest | undefined,
): { readonly continues?: ContinuedRun } {
  if (!manifest?.standing) return {};
  const { standing, cleared } = manifest;
  return { continues: { runId, standing, ...(cleared && { cleared }) } };
}
