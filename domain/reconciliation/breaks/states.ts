/** From the least severe on. */
export const severities = ['low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof severities)[number];

/** `proposed`: a resolution waits for a second person; `cleared`: a later run found what was missing. */
export const breakStates = ['open', 'assigned', 'investigating', 'proposed', 'resolved', 'cleared'] as const;
export type BreakState = (typeof breakStates)[number];

/** Of these somebody still has to do something about. */
export function isUnsettled(state: BreakState): boolean {
  return state !== 'resolved' && state !== 'cleared';
}

/** Whoever worked on it before goes on with it. */
export function reopenedState(assignee: string | undefined): BreakState {
  return assignee === undefined ? 'open' : 'assigned';
}

export const resolutions = ['acceptInternal', 'acceptBroker', 'amend', 'cancel', 'writeOff'] as const;
export type Resolution = (typeof resolutions)[number];
