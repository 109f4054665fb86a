import { daysBefore, type CarriedRun } from '../../../../domain/reconciliation/carry-forward/terms.js';
import { unmadeRecordsOf } from '../../../../domain/reconciliation/unmade-matches/unmade-matches.js';
import type { StoredObject } from '../../../../domain/reconciliation/stored-object.js';
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
    const completed: ListedRun[] = [];
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
      completed.push(...page.items);
      if (completed.filter(({ stale }) => !stale).length > mostRuns)
        throw new TooLarge(
          'reconciliation.too-many-earlier-runs',
          `records are carried from at most ${mostRuns} runs: carry forward fewer days`,
        );
      cursor = page.next;
    } while (cursor !== undefined);
    const found = completed.filter(({ stale }) => !stale);
    const continued = new Set(found.flatMap((run) => run.continues ?? []));
    const byId = new Map(completed.map((run) => [run.runId, run] as const));
    return found.map((run) => ({
      ...carriedRunOf(run, continued.has(run.runId)),
      ...unmadeBefore(run, byId),
    }));
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
    ...(run.unmadeMatches && { unmade: run.unmadeMatches.map(unmadeRecordsOf) }),
  };
}

/** Of the runs that a run goes on from, stale ones too: what a person said there holds on. */
function unmadeBefore(
  run: ListedRun,
  byId: ReadonlyMap<string, ListedRun>,
): Pick<CarriedRun, 'unmadeBefore'> {
  const before: StoredObject[] = [];
  for (let next = earlierOf(run); next; next = earlierOf(next))
    before.push(...(next.unmadeMatches ?? []).map(({ records }) => records));
  return before.length > 0 ? { unmadeBefore: before } : {};

  function earlierOf({ continues }: ListedRun): ListedRun | undefined {
    return continues === undefined ? undefined : byId.get(continues);
  }
}
