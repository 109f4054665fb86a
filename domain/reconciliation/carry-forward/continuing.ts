import type { RunManifest } from '../runs/events.js';
import type { ContinuedRun, UnmadeRecords } from './terms.js';

/** What is known of a run that another one goes on from. */
export interface RunBefore {
  readonly runId: string;
  /** Undefined until it is completed. */
  readonly manifest: RunManifest | undefined;
  readonly continues: ContinuedRun | undefined;
  /** Of matches that were unmade in it. */
  readonly unmade: readonly UnmadeRecords[] | undefined;
}

/** What a run goes on from; nothing of runs before breaks were kept for it, or that are not completed. */
export function continuing({ runId, manifest, continues, unmade = [] }: RunBefore): {
  readonly continues?: ContinuedRun;
} {
  if (!manifest?.standing) return {};
  const { standing, cleared } = manifest;
  const before = [
    ...(continues?.unmadeBefore ?? []),
    ...(continues?.unmade ?? []).map(({ records }) => records),
  ];
  return {
    continues: {
      runId,
      standing,
      ...(cleared && { cleared }),
      ...(unmade.length > 0 && { unmade }),
      ...(before.length > 0 && { unmadeBefore: before }),
    },
  };
}
