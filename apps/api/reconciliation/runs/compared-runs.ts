import type { ReadModel, ReadScope } from '../../../../infra/engine/projections/read-model.js';
import type { ColumnStore } from '../../../../infra/objects/columns.js';
import type { ListedBreak } from '../../../../projections/reconciliation/breaks.js';
import type { ListedRun } from '../../../../projections/reconciliation/runs.js';
import { readBreaks } from '../../../objects/reconciliation/break-rows.js';
import { manifestOf } from './run-manifest.js';

/** A break of the same type and of the same records in one run or in both. */
export interface ComparedBreak {
  readonly type: string;
  readonly internal: readonly string[];
  readonly broker: readonly string[];
  readonly notional: string;
  readonly currency: string;
  readonly breakIds: readonly string[];
}

export interface RunComparison {
  readonly onlyInFirst: readonly ComparedBreak[];
  readonly onlyInSecond: readonly ComparedBreak[];
  readonly inBoth: readonly ComparedBreak[];
}

type Compared = Pick<ListedBreak, 'type' | 'internal' | 'broker' | 'notional' | 'currency' | 'breakId'>;

/** Tells apart what two runs found. */
export class ComparedRuns {
  constructor(
    private readonly columns: ColumnStore,
    private readonly breaks: ReadModel<ListedBreak>,
  ) {}

  /** @throws Rejected `reconciliation.run-not-completed` */
  async of(scope: ReadScope, first: ListedRun, second: ListedRun): Promise<RunComparison> {
    return compare(await this.standingOf(scope, first), await this.standingOf(scope, second));
  }

  /** What a run found, what it found again of the run that it continues, and what matches unmade in it left. */
  private async standingOf(scope: ReadScope, compared: ListedRun): Promise<readonly Compared[]> {
    const { runId, unmadeMatches = [] } = compared;
    const { standing } = manifestOf(compared);
    const found: Compared[] = [];
    if (!standing) {
      for await (const one of this.breaks.every(scope, { runId })) found.push(one);
      return found;
    }
    for (const list of [standing, ...unmadeMatches.map(({ records }) => records)])
      for await (const { terms, clearing } of readBreaks(list, this.columns))
        // With a clearing it is the break of an earlier run.
        if (!clearing) found.push(terms);
    return found;
  }
}

/** A break that is there twice is compared twice. */
function compare(first: readonly Compared[], second: readonly Compared[]): RunComparison {
  const waiting = new Map<string, Compared[]>();
  for (const one of second) waiting.set(contentOf(one), [...(waiting.get(contentOf(one)) ?? []), one]);
  const onlyInFirst: ComparedBreak[] = [];
  const inBoth: ComparedBreak[] = [];
  for (const one of first) {
    const other = waiting.get(contentOf(one))?.shift();
    if (other) inBoth.push(lineOf(one, other));
    else onlyInFirst.push(lineOf(one));
  }
  const unmet = new Set([...waiting.values()].flat());
  return {
    onlyInFirst,
    onlyInSecond: second.filter((one) => unmet.has(one)).map((one) => lineOf(one)),
    inBoth,
  };
}

function lineOf(one: Compared, other?: Compared): ComparedBreak {
  const { type, internal, broker, notional, currency, breakId } = one;
  const breakIds = other && other.breakId !== breakId ? [breakId, other.breakId] : [breakId];
  return { type, internal, broker, notional, currency, breakIds };
}

function contentOf({ type, internal, broker }: Compared): string {
  return JSON.stringify([type, internal, broker]);
}
