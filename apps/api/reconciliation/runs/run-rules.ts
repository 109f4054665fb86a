import { Rejected } from '../../../../domain/kernel/errors.js';
import type { RequestRun } from '../../../../domain/reconciliation/runs/commands.js';
import type { RunCrossReference } from '../../../../domain/reconciliation/runs/events.js';
import {
  crossReference,
  crossReferenceId,
  tableOf,
} from '../../../../domain/reconciliation/instruments/cross-reference.js';
import {
  resolutionRules,
  resolutionRulesId,
  rulesInForce,
} from '../../../../domain/reconciliation/resolution-rules/resolution-rules.js';
import { chosenSet, toleranceSet } from '../../../../domain/reconciliation/tolerance-sets/tolerance-set.js';
import { readReference } from '../../../../domain/reconciliation/two-person-versions.js';
import type { AggregateStates } from '../../../../infra/engine/commands/aggregate-states.js';
import type { ReadScope } from '../../../../infra/engine/projections/read-model.js';
import type { ColumnStore } from '../../../../infra/objects/columns.js';
import { crossReferenceColumns } from '../../../../projections/reconciliation/columns.js';

/** A table of so many instruments stands in the event itself. */
const mostInEvent = 200;

/** What a run is judged by as it stands now: its tolerance set, the symbols and the rules of the workspace. */
export class RunRules {
  constructor(
    private readonly states: AggregateStates,
    private readonly columns: ColumnStore,
  ) {}

  async fillIn(command: RequestRun, { workspace }: ReadScope): Promise<void> {
    const { toleranceSet: asked } = command;
    if (asked !== undefined) {
      const reference = readReference(asked);
      if (!reference)
        throw new Rejected('reconciliation.unknown-tolerance-set', `there is no tolerance set ${asked}`);
      const named = await this.states.read(toleranceSet, workspace, reference.name);
      command.chosenTolerances = chosenSet(reference, named);
    }
    const rules = rulesInForce(await this.states.read(resolutionRules, workspace, resolutionRulesId));
    if (rules.length > 0) command.resolutionRules = rules;
    const symbols = await this.symbols(workspace);
    if (symbols) command.crossReference = symbols;
  }

  private async symbols(workspace: ReadScope['workspace']): Promise<RunCrossReference | undefined> {
    const table = tableOf(await this.states.read(crossReference, workspace, crossReferenceId));
    if (!table) return undefined;
    const { version, instruments } = table;
    if (instruments.length <= mostInEvent) return { version, instruments };
    const rows = instruments.map(({ ticker, isin, cusip, assetClass }) => ({
      ticker,
      isin,
      cusip,
      assetClass,
    }));
    return { version, table: await this.columns.write(crossReferenceColumns, rows) };
  }
}
