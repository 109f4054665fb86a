import type { Census, CountedEvent } from './census.js';
import { listOf, objectOf, textOf } from './effects.js';
import type { Violations } from './violations.js';

/** What a run must count, by the upload of its internal side. */
export interface ExpectedRun {
  readonly internal: number;
  readonly broker: number;
  readonly matched: number;
  readonly missingAtBroker: number;
  readonly missingInternal: number;
  /** Records of an earlier run that it finds. */
  readonly cleared: number;
}

/** A run is what its books come to, and so many breaks as it counts were found, one after another. */
export function checkRuns(
  census: Census,
  expected: ReadonlyMap<string, ExpectedRun>,
  violations: Violations,
): void {
  for (const [stream, events] of census.category('run')) {
    checkCounts(stream, events, expected, violations);
    checkFound(stream, events, violations);
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
  const breaks = objectOf(counts['breaks']);
  const { missing, ...rest } = { ...books, missing: books.missingAtBroker + books.missingInternal };
  const found = {
    internal: counts['internal'],
    broker: counts['broker'],
    matched: total(counts['matched']),
    missingAtBroker: breaks['missingAtBroker'],
    missingInternal: breaks['missingInternal'],
    cleared: objectOf(counts['carried'])['cleared'] ?? 0,
    breaks: total(breaks),
  };
  const right = { ...rest, breaks: missing };
  if (JSON.stringify(found) !== JSON.stringify(right))
    violations.add(
      'lost',
      `${stream} counts ${JSON.stringify(found)} where ${JSON.stringify(right)} is right`,
    );
}

/** The breaks of a run are recorded in parts, without a gap and none twice. */
function checkFound(stream: string, events: readonly CountedEvent[], violations: Violations): void {
  let recorded = 0;
  for (const { type, data } of events) {
    if (type === 'BreaksFound') {
      const first = Number(data['first']);
      if (first < recorded) violations.add('doubled', `${stream} found break ${first} twice`);
      if (first > recorded) violations.add('lost', `${stream} found no break ${recorded}`);
      recorded = first + listOf(data['breaks']).length;
    }
    if (type === 'RunCompleted' && recorded !== total(objectOf(data['counts'])['breaks']))
      violations.add('lost', `${stream} found ${recorded} breaks, and counts others`);
  }
}

function total(tally: unknown): number {
  return Object.values(objectOf(tally)).reduce<number>((sum, one) => sum + Number(one), 0);
}
