import { type AggregateOptions, type Document, type FindOptions, type UpdateOptions } from 'mongodb';
import { codeOfRejection, EXACT, expectExactly } from './exactly.js';
import { type MongoCase, type MongoSubject } from './subject.js';

/** Rows of one area and one source; each row becomes a case. */
interface Heading {
  readonly area: string;
  readonly source: string;
}

async function fill({ things }: MongoSubject, documents: readonly Document[]): Promise<void> {
  if (documents.length > 0) await things.insertMany([...documents]);
}

/** What holds, a filter, and the `_id`s of the documents it finds. */
export type QueryRow = readonly [name: string, filter: Document, ids: readonly number[]];

export function queries(
  heading: Heading,
  documents: readonly Document[],
  rows: readonly QueryRow[],
): MongoCase[] {
  return rows.map(([name, filter, ids]) => ({
    ...heading,
    name,
    run: async (subject) => {
      await fill(subject, documents);
      const found = await subject.things.find(filter).sort({ _id: 1 }).toArray();
      expect(found.map((document): unknown => document._id)).toEqual(ids);
    },
  }));
}

/** What holds, the options of a find, and the documents it answers with, in their order. */
export type FindRow = readonly [name: string, options: FindOptions, expected: readonly Document[]];

export function finds(
  heading: Heading,
  documents: readonly Document[],
  rows: readonly FindRow[],
): MongoCase[] {
  return rows.map(([name, options, expected]) => ({
    ...heading,
    name,
    run: async (subject) => {
      await fill(subject, documents);
      const found = await subject.things.find({}, { sort: { _id: 1 }, ...options, ...EXACT }).toArray();
      expectExactly(found, expected);
    },
  }));
}

/**
 * What holds, the document before, an update, and the document after or the code it is refused with. Both documents
 * have the `_id` 1, which is added; a refused update must leave the document as it was.
 */
export type UpdateRow = readonly [
  name: string,
  before: Document,
  update: Document | Document[],
  after: Document | number,
  options?: UpdateOptions & { readonly filter?: Document },
];

export function updates(heading: Heading, rows: readonly UpdateRow[]): MongoCase[] {
  return rows.map(([name, before, update, after, { filter = {}, ...options } = {}]) => ({
    ...heading,
    name,
    run: async (subject) => {
      await fill(subject, [{ _id: 1, ...before }]);
      const call = subject.things.updateOne({ _id: 1, ...filter } as Document, update, options);
      if (typeof after === 'number') expect(await codeOfRejection(call)).toBe(after);
      else expect(await call).toMatchObject({ matchedCount: 1 });
      const left = await subject.things.find({}, EXACT).toArray();
      expectExactly(left, [{ _id: 1, ...(typeof after === 'number' ? before : after) }]);
    },
  }));
}

/** What holds, a pipeline, and the documents it answers with, in their order, or the code it is refused with. */
export type AggregationRow = readonly [
  name: string,
  pipeline: Document[],
  expected: readonly Document[] | number,
  options?: AggregateOptions,
];

export function aggregations(
  heading: Heading,
  documents: readonly Document[],
  rows: readonly AggregationRow[],
): MongoCase[] {
  return rows.map(([name, pipeline, expected, options = {}]) => ({
    ...heading,
    name,
    run: async (subject) => {
      await fill(subject, documents);
      const call = subject.things.aggregate(pipeline, { ...options, ...EXACT }).toArray();
      if (typeof expected === 'number') expect(await codeOfRejection(call)).toBe(expected);
      else expectExactly(await call, expected);
    },
  }));
}

/** What holds, an expression over the document, and the fields `{ r: value }` it makes, `{}` when it is missing. */
export type ExpressionRow = readonly [name: string, expression: unknown, expected: Document | number];

export function expressions(
  heading: Heading,
  document: Document,
  rows: readonly ExpressionRow[],
): MongoCase[] {
  return aggregations(
    heading,
    [document],
    rows.map(([name, expression, expected]): AggregationRow => {
      const pipeline = [{ $project: { _id: 0, r: expression } }];
      return [name, pipeline, typeof expected === 'number' ? expected : [expected]];
    }),
  );
}

/** What holds, a call, and the code it is refused with. */
export type RefusalRow = readonly [
  name: string,
  call: (subject: MongoSubject) => Promise<unknown>,
  code: number,
];

export function refusals(
  heading: Heading,
  documents: readonly Document[],
  rows: readonly RefusalRow[],
): MongoCase[] {
  return rows.map(([name, call, code]) => ({
    ...heading,
    name,
    run: async (subject) => {
      await fill(subject, documents);
      expect(await codeOfRejection(call(subject))).toBe(code);
    },
  }));
}

/** What holds, documents to begin with, and a call that checks it. */
export type ScenarioRow = readonly [
  name: string,
  documents: readonly Document[],
  run: (subject: MongoSubject) => Promise<void>,
];

export function scenarios(heading: Heading, rows: readonly ScenarioRow[]): MongoCase[] {
  return rows.map(([name, documents, run]) => ({
    ...heading,
    name,
    run: async (subject) => {
      await fill(subject, documents);
      await run(subject);
    },
  }));
}
