import { streamBeside, type Census } from './census.js';
import { listOf, objectOf, textOf } from './effects.js';

/** A bulk that follows from the completion of a run. */
export interface PromisedBulk {
  readonly bulkId: string;
  readonly stream: string;
  readonly breaks: number;
}

/** What breaks answered to a bulk, or to a match that was made by hand, which is one for them. */
export interface Answers {
  applied: number;
  /** Of the applied: resolutions that wait for a second person. */
  proposed: number;
  refused: number;
}

/** The bulks in which runs clear breaks of earlier ones, and those of the rules that were for their own. */
export function promisedBulks(census: Census): readonly PromisedBulk[] {
  const promised: PromisedBulk[] = [];
  for (const [runStream, events] of census.category('run'))
    for (const { data } of events.filter(({ type }) => type === 'RunCompleted')) {
      const { cleared, ruled } = objectOf(data['manifest']);
      const runId = textOf(data['runId']);
      const promise = (bulkId: string, breaks: unknown): void => {
        const rows = Number(objectOf(breaks)['rows'] ?? 0);
        const stream = streamBeside(runStream, 'breakBulk', bulkId);
        if (rows > 0) promised.push({ bulkId, stream, breaks: rows });
      };
      promise(`${runId}.cleared`, cleared);
      for (const { name, breaks } of listOf(ruled)) promise(`${runId}.rule-${textOf(name)}`, breaks);
    }
  return promised;
}

/** By bulk; of a match that was made by hand, by the match. */
export function answersOfBreaks(census: Census): ReadonlyMap<string, Answers> {
  const found = new Map<string, Answers>();
  for (const [, events] of census.category('break'))
    for (const { type, data } of events) {
      if (typeof data['bulkId'] !== 'string') continue;
      const answers = found.get(data['bulkId']) ?? { applied: 0, proposed: 0, refused: 0 };
      found.set(data['bulkId'], answers);
      if (type === 'BreakActionRefused') answers.refused++;
      else answers.applied++;
      if (type === 'BreakResolutionProposed') answers.proposed++;
    }
  return found;
}
