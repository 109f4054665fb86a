import type { BreakTerms } from '../../../domain/reconciliation/breaks/events.js';
import type { RuledBreaks, RunTerms } from '../../../domain/reconciliation/runs/events.js';
import { SymbolTable } from '../../../domain/reconciliation/matching/cross-reference.js';
import {
  ruleFor,
  type RuledResolution,
  type RuledRun,
} from '../../../domain/reconciliation/resolution-rules/rule-for.js';
import type { ColumnStore } from '../../../infra/objects/columns.js';
import { breakListColumns } from '../../../projections/reconciliation/columns.js';
import { toBreakRow } from '../../objects/reconciliation/break-rows.js';
import { symbolsOf } from '../../objects/reconciliation/run-symbols.js';

/** What rules can ask of a run. */
export async function ruledRunOf(terms: RunTerms, columns: ColumnStore): Promise<RuledRun> {
  const { internal, broker } = terms;
  const sources = [internal, broker].map((books) => books.map(({ source }) => source ?? ''));
  return { sources, symbols: new SymbolTable(await symbolsOf(terms, columns)) };
}

/** The breaks that the rules of a run resolve, a list for each rule; nothing where there are none. */
export async function writeRuledBreaks(
  terms: RunTerms,
  breaks: readonly BreakTerms[],
  columns: ColumnStore,
): Promise<{ readonly ruled?: readonly RuledBreaks[] }> {
  const { resolutionRules = [] } = terms;
  if (resolutionRules.length === 0) return {};
  const run = await ruledRunOf(terms, columns);
  const byRule = new Map<string, { readonly ruling: RuledResolution; readonly breaks: BreakTerms[] }>();
  for (const found of breaks) {
    const ruling = ruleFor(found, resolutionRules, run);
    if (!ruling) continue;
    const list = byRule.get(ruling.name) ?? { ruling, breaks: [] };
    list.breaks.push(found);
    byRule.set(ruling.name, list);
  }
  const ruled: RuledBreaks[] = [];
  for (const { ruling, breaks: list } of byRule.values()) {
    const rows = list.map((one) => toBreakRow({ terms: one }));
    ruled.push({ ...ruling, breaks: await columns.write(breakListColumns, rows) });
  }
  return ruled.length > 0 ? { ruled } : {};
}
