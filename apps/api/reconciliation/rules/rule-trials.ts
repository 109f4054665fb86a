import { Rejected } from '../../../../domain/kernel/errors.js';
import { isUnsettled, type Resolution } from '../../../../domain/reconciliation/breaks/states.js';
import {
  resolutionRules,
  resolutionRulesId,
  versionToTry,
} from '../../../../domain/reconciliation/resolution-rules/resolution-rules.js';
import { ruleFor } from '../../../../domain/reconciliation/resolution-rules/rule-for.js';
import { run } from '../../../../domain/reconciliation/runs/run.js';
import type { AggregateStates } from '../../../../infra/engine/commands/aggregate-states.js';
import type { ReadModel, ReadScope } from '../../../../infra/engine/projections/read-model.js';
import type { ColumnStore } from '../../../../infra/objects/columns.js';
import type { ListedBreak } from '../../../../projections/reconciliation/breaks.js';
import { ruledRunOf } from '../../../worker/reconciliation/ruled-breaks.js';

export interface TriedRule {
  readonly name: string;
  readonly version: number;
  readonly runId: string;
  readonly resolution: Resolution;
  /** Breaks of the run in all. */
  readonly breaks: number;
  /** Of those it would resolve. */
  readonly resolved: number;
  /** Of these, the ones that somebody has closed already. */
  readonly closedAlready: number;
  /** At most a thousand, in the order of the run. */
  readonly sample: readonly ListedBreak[];
}

const largestSample = 1_000;

/** Tries rules on runs that are completed. */
export class RuleTrials {
  constructor(
    private readonly states: AggregateStates,
    private readonly columns: ColumnStore,
    private readonly breaks: ReadModel<ListedBreak>,
  ) {}

  /** @throws Rejected `reconciliation.unknown-rule`, `reconciliation.unknown-run`, `reconciliation.run-not-completed` */
  async of(
    trial: { readonly name: string; readonly runId: string; readonly version?: number },
    scope: ReadScope,
  ): Promise<TriedRule> {
    const { name, runId } = trial;
    const rules = await this.states.read(resolutionRules, scope.workspace, resolutionRulesId);
    const tried = versionToTry(name, rules, trial.version);
    const found = await this.states.read(run, scope.workspace, runId);
    if (found.state === 'unknown')
      throw new Rejected('reconciliation.unknown-run', `there is no run ${runId}`);
    if (found.state !== 'completed')
      throw new Rejected('reconciliation.run-not-completed', `run ${runId} is ${found.state}`);
    const facts = await ruledRunOf(found.terms, this.columns);
    let [breaks, resolved, closedAlready] = [0, 0, 0];
    const sample: ListedBreak[] = [];
    for await (const one of this.breaks.every(scope, { runId })) {
      breaks += 1;
      if (!ruleFor(one, [tried], facts)) continue;
      resolved += 1;
      if (!isUnsettled(one.state)) closedAlready += 1;
      if (sample.length < largestSample) sample.push(one);
    }
    const { version, rule } = tried;
    return { name, version, runId, resolution: rule.resolution, breaks, resolved, closedAlready, sample };
  }
}
