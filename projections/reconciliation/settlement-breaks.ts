import { settlementEvents, type SettlementEvent } from '../../domain/reconciliation/contract.js';
import { projection } from '../kernel/projection.js';

type SettlementFailed = Extract<SettlementEvent, { type: 'SettlementFailed' }>;

/** What was not delivered and paid by its cut-off. Not among the breaks that a run counts: it agreed on these trades. */
export type ListedSettlementBreak = SettlementFailed['data'] & { readonly openedAt: string };

export const settlementBreaks = projection<ListedSettlementBreak, SettlementFailed>({
  name: 'settlement-breaks',
  version: 1,
  indexes: [['runId']],
  events: { SettlementFailed: settlementEvents.SettlementFailed },
  key: ({ data }) => data.settlementId,
  on: { SettlementFailed: (_before, { data, at }) => ({ ...data, openedAt: at }) },
});
