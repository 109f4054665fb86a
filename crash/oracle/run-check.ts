import type { Census, CountedEvent } from './census.js';
import { listOf, objectOf, textOf } from './effects.js';
import type { Violations } from './violations.js';

/** What a run must count, by the upload of its internal side. */
export interface ExpectedRun {
  readonly internal: number;
  readonly broker: number;
}

/** A job whose worker was killed so often is given up, for all to see (rule J1). */
const attempts = 3;

const jobs = [
  { started: 'RunStarted', completed: 'RunCompleted', failed: 'RunFailed' },
  { started: 'NettingStarted', completed: 'NettingCompleted', failed: 'NettingFailed' },
] as const;

/** Every job has one outcome, and a run's is what its books come to. */
export function checkRuns(
  census: Census,
  expected: ReadonlyMap<string, ExpectedRun>,
  violations: Violations,
): void {
  for (const [stream, events] of census.category('run')) {
    const count = (type: string): number => events.filter((event) => event.type === type).length;
    for (const { started, completed, failed } of jobs) {
      if (count(completed) + count(failed) > 1) violations.add('doubled', `${stream} has two outcomes`);
      if (count(failed) > 0 && count(started) < attempts)
        violations.add(
          'lost',
          `${stream}: ${failed} after ${count(started)} attempts: ${reasonOf(events, failed)}`,
        );
    }
    checkCounts(stream, events, expected, violations);
  }
}

function checkCounts(
  stream: string,
  events: readonly CountedEvent[],
  expected: ReadonlyMap<string, ExpectedRun>,
  violations: Violations,
): void {
  const requested = events.find(({ type }) => type === 'RunRequested');
  const completed = events.find(({ type }) => type === 'RunCompleted');
  const internal = requested?.data['internal'];
  const books = expected.get(textOf(listOf(internal)[0]?.['uploadId']));
  if (!books) {
    violations.add('lost', `${stream} was asked for by nobody`);
    return;
  }
  if (!completed) return;
  const counts = objectOf(completed.data['counts']);
  const missing = books.internal - books.broker;
  const found = {
    internal: counts['internal'],
    broker: counts['broker'],
    matched: total(counts['matched']),
    missing: objectOf(counts['breaks'])['missingAtBroker'],
    breaks: total(counts['breaks']),
  };
  const right = { ...books, matched: books.broker, missing, breaks: missing };
  if (JSON.stringify(found) !== JSON.stringify(right))
    violations.add(
      'lost',
      `${stream} counts ${JSON.stringify(found)} where ${JSON.stringify(right)} is right`,
    );
}

function total(tally: unknown): number {
  return Object.values(objectOf(tally)).reduce<number>((sum, one) => sum + Number(one), 0);
}

function reasonOf(events: readonly CountedEvent[], type: string): string {
  return textOf(events.find((event) => event.type === type)?.data['reason']);
}
