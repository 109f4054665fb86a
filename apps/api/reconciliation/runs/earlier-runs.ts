import type { CarriedRun } from '../../../../domain/reconciliation/carry-forward/terms.js';
import { daysBefore } from '../../../../domain/reconciliation/carry-forward/terms.js';
import { TooLarge } from '../../../../domain/kernel/errors.js';
import type { Page } from '../../../../domain/kernel/ports/read-model-store.js';
import { ReadModel, type ReadScope } from '../../../../infra/engine/projections/read-model.js';
import type { ListedRun } from '../../../../projections/reconciliation/runs.js';
import type { LogMoments } from '../log-moments.js';

/** As many runs as one run carries records from: their objects are named in one event. */
const mostRuns = 500;

/** Finds the runs whose unmatched records a later run takes in. */
export class EarlierRuns {
  constructor(
    private readonly runs: ReadModel<ListedRun>,
    private readonly moments: LogMoments,
  ) {}

  /**
   * The completed runs of trade dates before one, by everything that was in the log when it was asked: so the list is
   * what the log says, not what a read model has got to (rule C8). Stale ones are left out.
   *
   * @throws Unavailable `read-model.behind`
   */
  async before({ workspace }: ReadScope, tradeDate: string, days: number): Promise<readonly CarriedRun[]> {
    const after = BigInt((await this.moments.now()).position);
    const found: ListedRun[] = [];
    let cursor: string | undefined;
    do {
      const page: Page<ListedRun> = await this.runs.page(
        { workspace, after },
        {
          limit: 500,
          where: { status: 'completed' },
          within: { tradeDate: { atLeast: daysBefore(tradeDate, days), below: tradeDate } },
          ...(cursor !== undefined && { cursor }),
        },
      );
      found.push(...page.items.filter(({ stale }) => !stale));
      if (found.length > mostRuns)
        throw new TooLarge(
          'reconciliation.too-many-earlier-runs',
          `records are carried from at most ${mostRuns} runs: carry forward fewer days`,
        );
      cursor = page.next;
    } while (cursor !== undefined);
    const continued = new Set(found.flatMap((run) => run.continues ?? []));
    return found.map((run) => carriedRunOf(run, continued.has(run.runId)));
  }
}

/** What a run that continues another says of its records counts, and what the other said does not any more. */
function carriedRunOf(run: ListedRun, isContinued: boolean): CarriedRun {
  const {
    runId,
    tradeDate,
    internal,
    broker,
    timeResolution,
    carryForward,
    manifest,
    handMatches = [],
  } = run;
  const matchedByHand = handMatches.filter(({ undone }) => !undone).flatMap(({ breaks }) => breaks);
  return {
    runId,
    tradeDate,
    from: carryForward?.from ?? tradeDate,
    uploads: [...internal, ...broker],
    timeResolution,
    ...(manifest?.unmatched && !isContinued && { unmatched: manifest.unmatched }),
    ...(manifest?.cleared && { cleared: manifest.cleared }),
    ...(matchedByHand.length > 0 && { matchedByHand }),
  };
}
