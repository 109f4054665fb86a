import { compiled } from '../../apps/config/compiled.js';
import { FileTileStore } from '../../infra/audit/tiles/file-tile-store.js';
import type { BadLeaf, LeafCounts } from '../../infra/audit/verify/leaf-results.js';
import { VerifierThreads } from '../../infra/audit/verify/verifier-threads.js';
import type { VerifiedState } from '../../infra/audit/verify/verification.js';
import { verifyAudit } from '../../infra/audit/verify/verify-audit.js';
import { EventStoreDbEventLog } from '../../infra/eventstore/eventstoredb-event-log.js';
import type { Urls } from '../engine/stores.js';
import { answerMessages } from '../kit/child-program.js';
import { benchFilter, benchFilters, benchKeys, tilesIn } from './bench-log.js';

export interface VerifyRequest {
  readonly urls: Urls;
  /** Where keys and tiles lie. */
  readonly directory: string;
  readonly jobs: number;
  /** Goes on from there. */
  readonly from?: VerifiedState;
}

export interface VerifyReply {
  readonly seconds: number;
  readonly holds: boolean;
  readonly leaves: LeafCounts;
  readonly first: BadLeaf | null;
  readonly faults: readonly string[];
  readonly state?: VerifiedState;
}

/** As `axion verify` does it, over the benchmarks' own categories. */
answerMessages(async ({ urls, directory, jobs, from }: VerifyRequest): Promise<VerifyReply> => {
  const log = new EventStoreDbEventLog(urls.eventStoreUrl);
  const keys = (await (await benchKeys(directory, urls.origin)).all()).map(({ verifier }) => verifier);
  const auditDirectory = tilesIn(directory);
  const started = performance.now();
  const threads =
    jobs === 1
      ? undefined
      : new VerifierThreads({
          entry: compiled('bench/audit/verify-thread.js'),
          places: jobs,
          sources: { eventStoreUrl: urls.eventStoreUrl, auditDirectory },
        });
  try {
    const report = await verifyAudit({
      log,
      tiles: new FileTileStore(auditDirectory),
      filters: benchFilters,
      newestFilter: benchFilter,
      keys,
      ...(from && { from }),
      ...(threads && { beside: threads }),
    });
    const { leaves, first, faults } = report.log;
    const seconds = (performance.now() - started) / 1000;
    return {
      seconds,
      holds: report.holds,
      leaves,
      first,
      faults,
      ...(report.state && { state: report.state }),
    };
  } finally {
    await threads?.stop();
    await log.close();
  }
});
