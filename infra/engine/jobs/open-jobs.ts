import { invariant } from '../../../domain/kernel/errors.js';
import type { AnyEvent, Recorded } from '../../../domain/kernel/event.js';
import { isJsonObject, type JsonObject } from '../../../domain/kernel/json.js';
import type { AnyJob } from '../../../domain/kernel/job.js';
import { deleted, type AnyProjection } from '../../../projections/kernel/projection.js';

/** A job that was asked for and has no outcome yet. */
export interface OpenJob {
  readonly job: string;
  readonly id: string;
  readonly input: object;
  readonly requestedAt: string;
  readonly correlationId: string;
  /** Id of the event that asked for it. */
  readonly causationId: string;
}

/** A document of `openJobs`, as it was folded. @throws InvariantBroken for any other */
export function openJobOf(document: JsonObject): OpenJob {
  const text = (field: string): string => {
    const value = document[field];
    invariant(typeof value === 'string', `an open job has no ${field}`);
    return value;
  };
  const { input } = document;
  invariant(isJsonObject(input), 'an open job has no input');
  return {
    job: text('job'),
    id: text('id'),
    input,
    requestedAt: text('requestedAt'),
    correlationId: text('correlationId'),
    causationId: text('causationId'),
  };
}

/** What was asked for and not finished: made from the jobs' own definitions (rule J1). */
export function openJobs(jobs: readonly AnyJob[]): AnyProjection {
  const on: Record<string, AnyProjection['on'][string]> = {};
  for (const job of jobs) {
    on[job.requested] = (_before, event): OpenJob => ({
      job: job.name,
      id: job.id(event),
      input: event.data,
      requestedAt: event.at,
      correlationId: event.correlationId,
      causationId: event.id,
    });
    for (const finished of job.finished) on[finished] = () => deleted;
  }
  const jobOf = (event: Recorded<AnyEvent>): AnyJob => {
    const job = jobs.find(({ requested, finished }) => [requested, ...finished].includes(event.type));
    if (!job) throw new RangeError(`no job knows ${event.type}`);
    return job;
  };
  return {
    name: 'open-jobs',
    version: 1,
    indexes: [],
    due: 'requestedAt',
    events: Object.assign({}, ...jobs.map(({ events }) => events)) as AnyProjection['events'],
    key: (event) => `${jobOf(event).name}/${jobOf(event).id(event)}`,
    on,
  };
}
