import { Netting, type NettingResult } from '../../../domain/reconciliation/settlement/netting.js';
import type { ComputationTools } from '../../../infra/engine/jobs/computation.js';
import { matchedTradeColumns } from '../../../projections/reconciliation/columns.js';
import { toMatchedTrade } from '../../objects/reconciliation/trade-rows.js';

export interface NetSettlementsInput {
  readonly runId: string;
  readonly trades: { readonly sha256: string };
}

/** Nets the matched trades of a run. */
export async function netSettlements(
  { runId, trades }: NetSettlementsInput,
  { columns }: ComputationTools,
): Promise<NettingResult> {
  const netting = new Netting();
  for await (const rows of columns.read(matchedTradeColumns, trades.sha256))
    for (const row of rows) netting.add(toMatchedTrade(row));
  return netting.result(runId);
}
