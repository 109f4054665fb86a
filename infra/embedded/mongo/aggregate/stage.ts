import { type DocumentStream } from '../query/cursors.js';

/** One step of a pipeline: a stream of documents in, a stream out. */
export type Stage = (input: DocumentStream) => DocumentStream;

/** A stage that answers each document with one document. */
export function mapping(change: (document: Buffer) => Buffer): Stage {
  return function* (input) {
    for (const document of input) yield document === undefined ? undefined : change(document);
  };
}
