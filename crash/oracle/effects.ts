import { isJsonObject, type JsonObject } from '../../domain/kernel/json.js';

/** How the effect of one request is told from every other in the log: by what only its event can hold. */
export interface Effect {
  /** Of the event. */
  readonly type: string;
  readonly trace: string;
}

/** The field of a source's symbols that holds what no other registration does. */
export const symbolOfTrace = 'CRASH';

const traces: Readonly<Record<string, (data: JsonObject) => unknown>> = {
  WorkspaceCreated: ({ id }) => id,
  SourceRegistered: ({ profile }) => objectOf(objectOf(profile)['symbols'])[symbolOfTrace],
  UploadRecorded: ({ sha256 }) => sha256,
  RunRequested: ({ internal }) => listOf(internal)[0]?.['uploadId'],
  SettlementAffirmed: ({ settlementId, quantity }) => `${textOf(settlementId)} ${textOf(quantity)}`,
  ClockSet: ({ to }) => to,
  BreakPolicyChanged: ({ policy }) => objectOf(objectOf(policy)['approvalAbove'])['other'],
  BreakAssigned: byHand('to'),
  BreakCommented: byHand('text'),
  BreakResolutionProposed: byHand('reason'),
  BreakResolutionRejected: byHand('reason'),
  BreakResolved: byHand('reason'),
  BreakReopened: byHand('reason'),
  // Those without a filter are no request's.
  BreakBulkRequested: ({ filter, action }) => {
    const { to, text, reason } = objectOf(action);
    return isJsonObject(filter) ? (to ?? text ?? reason) : undefined;
  },
  RecordsMatchedByHand: ({ reason }) => reason,
  HandMatchUndone: ({ reason }) => reason,
  ResolutionRuleProposed: ({ name }) => name,
  ResolutionRuleApproved: ({ name }) => name,
  ResolutionRuleRetired: ({ name }) => name,
  ReportRequested: ({ from, to }) => `${textOf(from)} ${textOf(to)}`,
};

/** Of what a person did to one break; what a bulk did is the bulk's. */
function byHand(field: string): (data: JsonObject) => unknown {
  return ({ bulkId, [field]: value }) => (bulkId === undefined ? value : undefined);
}

/** The effect that an event is; undefined where it is that of no request of ours. */
export function effectOf(type: string, data: unknown): Effect | undefined {
  const trace = traces[type]?.(objectOf(data));
  return typeof trace === 'string' ? { type, trace } : undefined;
}

export function nameOf({ type, trace }: Effect): string {
  return `${type} ${trace}`;
}

/** A text as it is, anything else as JSON: for names and for comparing. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}

/** The objects of a list; none where it is no list. */
export function listOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

export function objectOf(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}
