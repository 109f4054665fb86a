import { streamBeside, type Census, type CountedEvent } from './census.js';
import { listOf, textOf } from './effects.js';
import type { Violations } from './violations.js';

/** A match that was made by hand cleared each of its breaks once, and none is cleared by it when it was undone. */
export function checkHandMatches(census: Census, violations: Violations): void {
  for (const [runStream, events] of census.category('run')) {
    const undone = new Set(
      events.filter(({ type }) => type === 'HandMatchUndone').map(({ data }) => data['matchId']),
    );
    for (const { data } of events.filter(({ type }) => type === 'RecordsMatchedByHand')) {
      const { matchId } = data;
      for (const { breakId } of listOf(data['breaks'])) {
        const history = census.streams.get(streamBeside(runStream, 'break', textOf(breakId))) ?? [];
        const words = `the match ${textOf(matchId)}, of the break ${textOf(breakId)}`;
        const times = history.filter((event) => event.data['bulkId'] === matchId).length;
        if (times === 0) violations.add('lost', `${words}, did nothing to it`);
        if (undone.has(matchId) && clearingMatch(history) === matchId)
          violations.add('lost', `${words}, was undone, and the break is cleared`);
        const opened = history.findIndex(
          (event) => event.type === 'BreakReopened' && event.data['bulkId'] === `${textOf(matchId)}.undone`,
        );
        if (opened >= 0 && clearingMatch(history.slice(0, opened)) !== matchId)
          violations.add('lost', `${words}, was undone, and what was open again is what another one cleared`);
      }
    }
  }
}

/** The match that cleared a break, if it is cleared by one. */
function clearingMatch(history: readonly CountedEvent[]): unknown {
  const last = history.findLast(({ type }) =>
    ['BreakCleared', 'BreakReopened', 'BreakResolved'].includes(type),
  );
  return last?.type === 'BreakCleared' ? last.data['handMatch'] : undefined;
}
