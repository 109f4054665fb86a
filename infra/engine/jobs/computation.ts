import type { ErrorDetails } from '../../../domain/kernel/errors.js';
import type { ObjectStore } from '../../../domain/kernel/ports/object-store.js';
import type { ColumnStore } from '../../objects/columns.js';

export interface ComputationTools {
  readonly objects: ObjectStore;
  readonly columns: ColumnStore;
}

/** Deterministic work: its output depends on nothing but its input and the objects that the input names. */
export type Computation = { bivariant(input: object, tools: ComputationTools): Promise<object> }['bivariant'];

export type Computations = Readonly<Record<string, Computation>>;

/** What goes between a worker and the process that computes for it. */
export interface ComputationRequest {
  readonly name: string;
  readonly input: object;
  readonly objectsDirectory: string;
}

export type ComputationReply =
  | { readonly kind: 'output'; readonly output: object }
  /** It could not be done this time: the disk was full, a file not to be read. */
  | { readonly kind: 'failed'; readonly message: string }
  | {
      readonly kind: 'refused';
      readonly code: string;
      readonly message: string;
      readonly details: ErrorDetails;
    };
