import { isDeepStrictEqual } from 'node:util';
import { breakIdOf } from '../../domain/reconciliation/breaks/break-id.js';
import type { JsonObject } from '../../domain/kernel/json.js';
import { parseStreamName } from '../../domain/kernel/names.js';
import type { Census, CountedEvent } from './census.js';
import { listOf, textOf } from './effects.js';
import type { Violations } from './violations.js';

/** What a break is at, as far as the next event must fit to it. */
interface Known {
  readonly isClosed: boolean;
  readonly proposal?: JsonObject | undefined;
}

/** What may not come next, in words; otherwise what the break is at then. */
type Step = (before: Known, data: JsonObject) => Known | string;

const open: Known = { isClosed: false };
const closed: Known = { isClosed: true };
const worked: Step = (before) => (before.isClosed || before.proposal ? 'nobody may work on it' : before);
const unmoved: Step = (before) => before;

const steps: Readonly<Record<string, Step>> = {
  BreakOpened: () => 'it was opened before',
  BreakAssigned: worked,
  BreakInvestigationStarted: worked,
  BreakCommented: unmoved,
  BreakActionRefused: unmoved,
  BreakEscalated: (before) => (before.isClosed ? 'it is closed' : before),
  BreakResolutionProposed: (before, data) => {
    const may = worked(before, data);
    return typeof may === 'string' ? may : { ...may, proposal: data };
  },
  BreakResolutionRejected: ({ proposal }) => (proposal ? open : 'nothing is proposed'),
  BreakResolved: ({ isClosed, proposal }, { approvedBy, reason }) => {
    if (isClosed) return 'it is closed';
    if (approvedBy === undefined) return proposal ? 'somebody else has to approve' : closed;
    return proposal?.['reason'] === reason && proposal?.['by'] !== approvedBy
      ? closed
      : 'this was proposed by nobody else';
  },
  BreakCleared: ({ isClosed }) => (isClosed ? 'it is closed' : closed),
  BreakReopened: ({ isClosed }) => (isClosed ? open : 'it is open'),
};

/** Every break is one that its run found, and its life is one that the rules allow: no step twice, none left out. */
export function checkBreaks(census: Census, violations: Violations): void {
  const found = foundBreaks(census);
  for (const [stream, events] of census.category('break')) {
    const [first] = events;
    if (first?.type !== 'BreakOpened') violations.add('lost', `${stream} does not begin with its opening`);
    else if (!isDeepStrictEqual(first.data, found.get(parseStreamName(stream)?.id ?? '')))
      violations.add('lost', `${stream} is not what its run found`);
    checkLife(stream, events.slice(1), violations);
    checkAnswers(stream, events, violations);
  }
}

function checkLife(stream: string, events: readonly CountedEvent[], violations: Violations): void {
  let known = open;
  for (const { type, revision, data } of events) {
    const after = steps[type]?.(known, data) ?? 'there is no such event';
    if (typeof after === 'string') violations.add('doubled', `${stream} ${revision}: ${type}, but ${after}`);
    else known = after;
  }
}

function checkAnswers(stream: string, events: readonly CountedEvent[], violations: Violations): void {
  const answered = new Set<unknown>();
  for (const { data } of events) {
    const { bulkId } = data;
    if (bulkId === undefined) continue;
    if (answered.has(bulkId)) violations.add('doubled', `${stream} answers ${textOf(bulkId)} twice`);
    answered.add(bulkId);
  }
}

/** What every break is about, as its stream begins with it. */
function foundBreaks(census: Census): ReadonlyMap<string, JsonObject> {
  const found = new Map<string, JsonObject>();
  for (const [, events] of census.category('run'))
    for (const { type, data } of events) {
      if (type !== 'BreaksFound') continue;
      const runId = textOf(data['runId']);
      for (const [index, one] of listOf(data['breaks']).entries()) {
        const breakId = breakIdOf(runId, Number(data['first']) + index);
        found.set(breakId, { ...one, breakId, runId });
      }
    }
  return found;
}
