import { InvariantBroken } from '../../../domain/kernel/errors.js';
import { readOrigin } from '../../eventstore/origin.js';
import { readSealState } from '../sealing/seal-events.js';
import { logNameOf } from '../sealing/sealer.js';
import type { LinkReport } from '../verify-links.js';
import { faultsOfCheckpoints } from './check-checkpoints.js';
import { checkReceipts } from './check-receipts.js';
import { faultsOfTiles } from './check-tiles.js';
import type { BadLeaf, LeafCounts } from './leaf-results.js';
import { LogWalk } from './log-walk.js';
import { SealedHeadsReader } from './sealed-heads.js';
import type { VerifiedState, VerifyAuditOptions } from './verification.js';

export interface AuditReport {
  readonly links: LinkReport;
  readonly log: {
    /** Of the origin's log, by its last seal. */
    readonly size: number;
    readonly root: string;
    readonly leaves: LeafCounts;
    readonly first: BadLeaf | null;
    /** What is wrong with the log itself: its files, its seals, its signatures. */
    readonly faults: readonly string[];
    /** Leaves that an earlier verification found whole and this one did not read; the position they reach to. */
    readonly skipped: { readonly leaves: number; readonly to: string } | null;
  };
  readonly holds: boolean;
  /** Present when it holds. */
  readonly state: VerifiedState | undefined;
}

/**
 * Checks everything once: each link, each id, each revision, and each event against the leaf that was sealed of it.
 * Works while others append: what is sealed is settled at the beginning.
 *
 * @throws Unavailable when the log, its files or a worker cannot be reached any more
 */
export async function verifyAudit(options: VerifyAuditOptions): Promise<AuditReport> {
  const { log, tiles } = options;
  const origin = await readOrigin(log);
  const { sealed } = (await readSealState(log)).state;
  const faults: string[] = [];
  let from = options.from?.origin === origin ? options.from : undefined;
  let heads = new SealedHeadsReader(tiles, sealed?.size ?? 0);
  if (from && !(await resumed(heads, from, faults))) {
    from = undefined;
    heads = new SealedHeadsReader(tiles, sealed?.size ?? 0);
  }
  const walk = new LogWalk(options, origin, heads, from);
  await walk.run();
  faults.push(...walk.faults);
  if (walk.isWhole) {
    if (sealed && heads.root !== sealed.root)
      faults.push(`the origin's log of ${sealed.size} leaves has not the root that was sealed`);
    faults.push(...(await faultsOfTiles(tiles, heads)));
  }
  faults.push(
    ...(await faultsOfCheckpoints(options.held ?? [], {
      name: origin === undefined ? '' : logNameOf(origin),
      tiles,
      sealed,
      keys: options.keys,
      configurations: heads.configurations,
    })),
  );
  const { results, tally, atSeal } = walk;
  await checkReceipts(log, options.receipts ?? [], results);
  const { violations } = tally;
  const holds = violations.length === 0 && faults.length === 0 && results.first === undefined;
  return {
    links: { origin: origin ?? null, ...tally.counts, violations },
    log: {
      size: sealed?.size ?? 0,
      root: sealed?.root ?? '',
      leaves: results.counts,
      first: results.first ?? null,
      faults,
      skipped: from ? { leaves: from.leaves.OK, to: from.to } : null,
    },
    holds,
    state: holds && origin !== undefined && atSeal ? { format: 1, origin, ...atSeal } : undefined,
  };
}

async function resumed(
  heads: SealedHeadsReader,
  { sealed }: VerifiedState,
  faults: string[],
): Promise<boolean> {
  let goesOn = false;
  try {
    goesOn = await heads.resume(sealed);
  } catch (error) {
    if (!(error instanceof InvariantBroken)) throw error;
  }
  if (!goesOn) faults.push(`the log does not begin with the ${sealed.size} leaves that were verified before`);
  return goesOn;
}
