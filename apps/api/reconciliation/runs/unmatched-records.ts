import type { WorkspaceId } from '../../../../domain/kernel/names.js';
import { brokenTrade } from '../../../../domain/reconciliation/breaks/break.js';
import { isUnsettled } from '../../../../domain/reconciliation/breaks/states.js';
import type { OpenRecord } from '../../../../domain/reconciliation/carry-forward/open-records.js';
import type {
  MatchByHand,
  UnmatchedRecord,
} from '../../../../domain/reconciliation/hand-matches/commands.js';
import { handDifferences } from '../../../../domain/reconciliation/hand-matches/hand-differences.js';
import { readTolerances } from '../../../../domain/reconciliation/matching/tolerances.js';
import { run } from '../../../../domain/reconciliation/runs/run.js';
import type { BookSide } from '../../../../domain/reconciliation/trade-record.js';
import type { AggregateStates } from '../../../../infra/engine/commands/aggregate-states.js';
import type { ColumnStore } from '../../../../infra/objects/columns.js';
import { readOpenRecords } from '../../../objects/reconciliation/break-rows.js';

/** Finds records by name among those that a run left unmatched, or whose match was unmade. */
export class UnmatchedRecords {
  constructor(
    private readonly states: AggregateStates,
    private readonly columns: ColumnStore,
  ) {}

  /** What the command names and the run has; whether that is enough, the run's rule judges. */
  async named(
    workspace: WorkspaceId,
    { runId, internal, broker }: MatchByHand,
  ): Promise<{ readonly found: readonly UnmatchedRecord[]; readonly differences: readonly string[] }> {
    const completed = await this.states.read(run, workspace, runId);
    if (completed.state !== 'completed') return { found: [], differences: [] };
    const wanted = { internal: new Set(internal), broker: new Set(broker) };
    const records: OpenRecord[] = [];
    const { manifest, unmade } = completed;
    const left = [...(manifest.unmatched ? [manifest.unmatched] : []), ...unmade.map((one) => one.records)];
    for (const list of left)
      for await (const one of readOpenRecords(list, this.columns))
        if (wanted[one.side].has(nameOf(one))) records.push(one);
    const found: UnmatchedRecord[] = [];
    for (const one of records) {
      const { known } = await this.states.read(brokenTrade, workspace, one.terms.breakId);
      const isOpen = known === undefined || isUnsettled(known.state);
      found.push({ side: one.side, name: nameOf(one), terms: one.terms, isOpen });
    }
    const ofSide = (side: BookSide) => records.filter((one) => one.side === side).map(({ record }) => record);
    const [ours, theirs] = [ofSide('internal'), ofSide('broker')];
    const read = readTolerances(completed.terms.tolerances);
    if (ours.length === 0 || theirs.length === 0 || !('limits' in read)) return { found, differences: [] };
    return { found, differences: handDifferences(ours, theirs, read.limits) };
  }
}

/** As its break names it. */
function nameOf({ side, terms }: OpenRecord): string {
  return terms[side][0] ?? '';
}
