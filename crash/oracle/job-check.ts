import type { Census, CountedEvent } from './census.js';
import { textOf } from './effects.js';
import type { Violations } from './violations.js';

/** A job whose worker was killed so often is given up, for all to see (rule J1). */
const attempts = 3;

const jobs = [
  { job: 'run', category: 'run', events: 'Run', completed: 'RunCompleted' },
  { job: 'netting', category: 'run', events: 'Netting', completed: 'NettingCompleted' },
  { job: 'bulk', category: 'breakBulk', events: 'BreakBulk', completed: 'BreakBulkCompleted' },
  { job: 'report', category: 'report', events: 'Report', completed: 'ReportIssued' },
] as const;

interface CountedJob {
  readonly job: string;
  readonly stream: string;
  readonly asked: number;
  readonly started: number;
  readonly completed: number;
  readonly failed: number;
  readonly reason: string;
}

/** Every job was asked for once and has one outcome, and none was given up too early. */
export function checkJobs(census: Census, violations: Violations): void {
  for (const { job, stream, asked, started, completed, failed, reason } of countedJobs(census)) {
    if (asked !== 1) violations.add('doubled', `${stream}: its ${job} was asked for ${asked} times`);
    if (completed + failed > 1) violations.add('doubled', `${stream}: its ${job} has two outcomes`);
    if (failed > 0 && started < attempts)
      violations.add('lost', `${stream}: its ${job} failed after ${started} attempts: ${reason}`);
  }
}

/** Jobs without an outcome, in words. */
export function unfinishedJobs(census: Census): readonly string[] {
  return [...countedJobs(census)]
    .filter(({ completed, failed }) => completed + failed === 0)
    .map(({ job, stream }) => `${stream}: its ${job} has no outcome`);
}

/** How often a job of each kind was begun again, since a death came upon it, and how often one was given up for that. */
export function begunAgain(census: Census): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  const count = (name: string, more: number): void => void times.set(name, (times.get(name) ?? 0) + more);
  for (const { job, started, failed } of countedJobs(census)) {
    count(job, Math.max(0, started - 1));
    if (failed > 0) count(`${job} given up`, failed);
  }
  return times;
}

function* countedJobs(census: Census): Iterable<CountedJob> {
  for (const { job, category, events, completed } of jobs)
    for (const [stream, all] of census.category(category)) {
      const of = (type: string): readonly CountedEvent[] => all.filter((event) => event.type === type);
      const failed = of(`${events}Failed`);
      const counted = {
        job,
        stream,
        asked: of(`${events}Requested`).length,
        started: of(`${events}Started`).length,
        completed: of(completed).length,
        failed: failed.length,
        reason: textOf(failed[0]?.data['reason']),
      };
      // Not every run is netted.
      if (counted.asked + counted.started + counted.completed + counted.failed > 0) yield counted;
    }
}
