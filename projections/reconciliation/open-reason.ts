import type { ListedBreak } from './breaks.js';
import type { ListedRun } from './runs.js';

/** Why a break is still open, in words: what is different, and what is being done about it. */
export function openReasonOf(
  { explanation, state, assignee, proposal, reason }: ListedBreak,
  run: ListedRun | undefined,
): string {
  const reopened = reason === undefined ? [] : [`opened again: ${reason}`];
  return [explanation, workOn(), ...reopened, ...staleness(run)].join('; ');

  function workOn(): string {
    switch (state) {
      case 'assigned':
        return `assigned to ${assignee ?? 'nobody'}`;
      case 'investigating':
        return `under investigation${assignee === undefined ? '' : ` by ${assignee}`}`;
      case 'proposed':
        return `${proposal?.resolution ?? 'a resolution'} was proposed by ${proposal?.by ?? 'somebody'} (${proposal?.reason ?? ''}) and waits for a second person`;
      default:
        return 'nobody works on it yet';
    }
  }
}

function staleness(run: ListedRun | undefined): readonly string[] {
  if (!run?.stale) return [];
  const { uploadId, reason, supersededBy } = run.stale;
  const what = supersededBy === undefined ? 'was withdrawn' : `was superseded by ${supersededBy}`;
  return [`its run is stale and was not run again: upload ${uploadId} ${what} (${reason})`];
}
