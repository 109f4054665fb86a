import { APPEND_CALLS } from '../../infra/embedded/eventstore/testing.js';
import { type Group } from './groups.js';
import { type AppendOptions, type EventStoreCase, type EventStoreSubject } from './subject.js';

/** Rows of one area and one source; each row becomes a case. */
export interface Heading {
  readonly area: string;
  readonly source: string;
}

/** What holds, and a call that checks it. */
export type ScenarioRow = readonly [name: string, run: (subject: EventStoreSubject) => Promise<void>];

export function scenarios(heading: Heading, rows: readonly ScenarioRow[]): EventStoreCase[] {
  return rows.map(([name, run]) => ({ ...heading, name, run }));
}

/** What holds for both calls that append, and a call that checks it with the options that choose one. */
export type AppendRow = readonly [
  name: string,
  run: (subject: EventStoreSubject, options: AppendOptions, call: string) => Promise<void>,
];

/** Each row twice: by batch append, and by the unary call, which the client takes when it is given credentials. */
export function ofBothCalls(heading: Heading, rows: readonly AppendRow[]): EventStoreCase[] {
  return APPEND_CALLS.flatMap(([call, options]) =>
    rows.map(([name, run]) => ({
      ...heading,
      area: `${heading.area}, by ${call}`,
      name,
      run: (subject: EventStoreSubject) => run(subject, options, call),
    })),
  );
}

/** What a call is rejected with. */
export type Rejection = Readonly<Record<string, unknown>>;

/** What holds, a call, and fields of the error that it is rejected with. */
export type RefusalRow = readonly [
  name: string,
  call: (subject: EventStoreSubject) => Promise<unknown>,
  rejection: Rejection | ((subject: EventStoreSubject) => Rejection),
];

export function refusals(heading: Heading, rows: readonly RefusalRow[]): EventStoreCase[] {
  return rows.map(([name, call, rejection]) => ({
    ...heading,
    name,
    run: async (subject) => {
      const fields = typeof rejection === 'function' ? rejection(subject) : rejection;
      await expect(call(subject)).rejects.toMatchObject(fields);
    },
  }));
}

/** What holds for groups of both kinds, and a call that checks it with a group that is not there yet. */
export type GroupRow = readonly [
  name: string,
  run: (subject: EventStoreSubject, group: Group) => Promise<void>,
];

/** Each row twice: with a group on the stream of the case, and with one on `$all`. */
export function ofBothKinds(heading: Heading, rows: readonly GroupRow[]): EventStoreCase[] {
  return (['stream', 'all'] as const).flatMap((kind) =>
    rows.map(([name, run]) => ({
      ...heading,
      area: `${heading.area}, ${kind === 'all' ? 'on $all' : 'on a stream'}`,
      name,
      run: (subject: EventStoreSubject) => run(subject, subject.group(kind)),
    })),
  );
}
