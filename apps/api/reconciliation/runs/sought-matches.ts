import type { WorkspaceId } from '../../../../domain/kernel/names.js';
import { brokenTrade } from '../../../../domain/reconciliation/breaks/break.js';
import type { RunManifest, RunTerms } from '../../../../domain/reconciliation/runs/events.js';
import { run } from '../../../../domain/reconciliation/runs/run.js';
import type {
  FoundMatch,
  UnclearMatch,
  UnmakeMatch,
} from '../../../../domain/reconciliation/unmade-matches/commands.js';
import {
  earlierBreaks,
  withoutItsMatch,
} from '../../../../domain/reconciliation/unmade-matches/earlier-breaks.js';
import type { RestoredBreak } from '../../../../domain/reconciliation/unmade-matches/events.js';
import { recordsApart } from '../../../../domain/reconciliation/unmade-matches/records-apart.js';
import {
  recordsOfMatch,
  type NamedMatch,
} from '../../../../domain/reconciliation/unmade-matches/records-of-match.js';
import {
  nextOrdinal,
  type UnmadeMatch,
} from '../../../../domain/reconciliation/unmade-matches/unmade-matches.js';
import type { AggregateStates } from '../../../../infra/engine/commands/aggregate-states.js';
import type { ReadModel, ReadScope } from '../../../../infra/engine/projections/read-model.js';
import type { ColumnStore } from '../../../../infra/objects/columns.js';
import { matchColumns, unmadeColumns } from '../../../../projections/reconciliation/columns.js';
import type { ListedRun } from '../../../../projections/reconciliation/runs.js';
import { clearedIn } from '../../../objects/reconciliation/cleared-breaks.js';
import { readNamedRecords } from '../../../objects/reconciliation/named-records.js';
import { judgingOf } from '../../../objects/reconciliation/run-judging.js';
import { toUnmadeRow } from '../../../objects/reconciliation/unmade-records.js';
import type { LogMoments } from '../log-moments.js';

interface CompletedRun {
  readonly terms: RunTerms;
  readonly manifest: RunManifest;
  readonly unmade: readonly UnmadeMatch[];
}

/** Finds a match of a run in the run's files, with the breaks that its records have without it. */
export class SoughtMatches {
  constructor(
    private readonly states: AggregateStates,
    private readonly columns: ColumnStore,
    private readonly runs: ReadModel<ListedRun>,
    private readonly moments: LogMoments,
  ) {}

  /** What there is of it; whether that is enough, the run's rule judges. */
  async sought(
    { workspace }: ReadScope,
    { runId, match }: Pick<UnmakeMatch, 'runId' | 'match'>,
  ): Promise<Pick<UnmakeMatch, 'sought' | 'continuedBy'>> {
    const completed = await this.states.read(run, workspace, runId);
    if (completed.state !== 'completed' || completed.terms.settle) return {};
    const { manifest, unmade, terms } = completed;
    if (match >= manifest.matches.rows || unmade.some((one) => one.match === match)) return {};
    const continuedBy = await this.continuationOf(terms, workspace);
    if (continuedBy !== undefined) return { continuedBy };
    return { sought: await this.find(match, completed, workspace) };
  }

  /** By everything that was in the log when it was asked: not what a read model has got to (rule C8). */
  private async continuationOf(
    { runId, tradeDate }: RunTerms,
    workspace: WorkspaceId,
  ): Promise<string | undefined> {
    const after = BigInt((await this.moments.now()).position);
    for await (const one of this.runs.every({ workspace, after }, { tradeDate, continues: runId }))
      if (one.status !== 'failed') return one.runId;
    return undefined;
  }

  private async find(
    number: number,
    completed: CompletedRun,
    workspace: WorkspaceId,
  ): Promise<FoundMatch | UnclearMatch> {
    const { terms, manifest } = completed;
    const match = await this.matchOf(manifest, number);
    const taking = await readNamedRecords(terms, match, this.columns);
    const matched = recordsOfMatch(
      match,
      {
        internal: taking.filter(({ side }) => side === 'internal').map(({ record }) => record),
        broker: taking.filter(({ side }) => side === 'broker').map(({ record }) => record),
      },
      await judgingOf(terms, this.columns),
    );
    if ('ambiguous' in matched) return { unclear: 'ambiguous-record', what: matched.ambiguous };

    const isMatched = new Set([...matched.internal, ...matched.broker]);
    const named = taking.filter(({ record }) => isMatched.has(record));
    const earlier = earlierBreaks(named, await clearedIn(manifest, this.columns));
    const restored = await this.openWithout([...earlier.values()].flat(), workspace);
    if ('unclear' in restored) return restored;
    const apart = named.map((one) => {
      const known = earlier.get(one.record) ?? [];
      const before = known.find((found) => restored.includes(found)) ?? known[0];
      return { ...one, before, earlier: before?.terms ?? one.carried?.[0] };
    });
    const first = nextOrdinal(completed);
    const { runId } = terms;
    const { strategy } = match;
    const { breaks, records } = recordsApart({ runId, match: number, strategy }, apart, first);
    const rows = records.map((open, index) => {
      const { carried, before } = apart[index] ?? {};
      const clearing = before?.clearing ?? { byRun: runId, how: 'match', match: number };
      return toUnmadeRow(open, carried && clearing);
    });
    return {
      internal: match.internal,
      broker: match.broker,
      first,
      breaks,
      records: await this.columns.write(unmadeColumns, rows),
      restored,
    };
  }

  /** Those of a match’s earlier breaks that are open without it. */
  private async openWithout(
    breaks: readonly RestoredBreak[],
    workspace: WorkspaceId,
  ): Promise<readonly RestoredBreak[] | UnclearMatch> {
    const open: RestoredBreak[] = [];
    for (const one of breaks) {
      const { breakId } = one.terms;
      const { known } = await this.states.read(brokenTrade, workspace, breakId);
      const outcome = withoutItsMatch(one, known);
      if (outcome === 'awaited') return { unclear: 'clearing-under-way', what: breakId };
      if (outcome === 'open') open.push(one);
    }
    return open;
  }

  private async matchOf({ matches }: RunManifest, number: number): Promise<NamedMatch> {
    for await (const rows of this.columns.read(matchColumns, matches.sha256, { from: number, limit: 1 }))
      for (const { internal = [], broker = [], strategy = '', confidence = 0, explanation = '' } of rows)
        return { internal, broker, strategy, confidence, explanation };
    return { internal: [], broker: [], strategy: '', confidence: 0, explanation: '' };
  }
}
