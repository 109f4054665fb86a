import { sagaCategory, sagaId } from '../../domain/engine/saga-instance.js';
import { handMatchSaga } from '../../domain/reconciliation/hand-matches/hand-match.saga.js';
import { settlementSaga } from '../../domain/reconciliation/settlement/settlement.saga.js';
import { promisedBulks } from './bulks.js';
import { streamBeside, type Census } from './census.js';
import { listOf, textOf } from './effects.js';
import { unfinishedJobs } from './job-check.js';
import { stepsOf } from './saga-check.js';

/** What is under way still, in words: nothing, when all was done that can be done. */
export function unfinished(census: Census): readonly string[] {
  return [
    ...unfinishedJobs(census),
    ...unfinishedSagas(census),
    ...unknownSettlements(census),
    ...promisedBulks(census)
      .filter(({ stream }) => !census.streams.has(stream))
      .map(({ stream }) => `${stream} was not asked for`),
  ];
}

function unfinishedSagas(census: Census): readonly string[] {
  const standing = standingMatches(census);
  const left: string[] = [];
  for (const [stream, events] of census.category(sagaCategory)) {
    const answers = events.filter(({ type }) => type === 'StepAccepted' || type === 'StepRefused').length;
    if (answers < stepsOf(events).length) left.push(`${stream} waits for an answer`);
    else if (!events.some(({ data }) => data['ended'] === true) && !standing.has(stream))
      left.push(`${stream} has not ended`);
  }
  for (const stream of standing) if (!census.streams.has(stream)) left.push(`there is no ${stream}`);
  return left;
}

/** Who waits for a match to be undone may wait for ever. */
function standingMatches(census: Census): ReadonlySet<string> {
  const standing = new Set<string>();
  for (const [runStream, events] of census.category('run'))
    for (const { type, data } of events) {
      const stream = sagaStream(handMatchSaga.name, textOf(data['matchId']), runStream);
      if (type === 'RecordsMatchedByHand') standing.add(stream);
      if (type === 'HandMatchUndone') standing.delete(stream);
    }
  return standing;
}

function unknownSettlements(census: Census): readonly string[] {
  const left: string[] = [];
  for (const [stream, events] of census.category('run'))
    for (const { data } of events.filter(({ type }) => type === 'SettlementsNetted'))
      for (const { settlementId } of listOf(data['settlements'])) {
        const id = textOf(settlementId);
        if (!census.streams.has(sagaStream(settlementSaga.name, id, stream)))
          left.push(`no saga knows of the settlement ${id}`);
      }
  return left;
}

/** @param beside a stream of the same workspace */
function sagaStream(saga: string, instance: string, beside: string): string {
  return streamBeside(beside, sagaCategory, sagaId({ saga, instance }));
}
