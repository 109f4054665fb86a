import { Unavailable, type ErrorDetails } from '../../../domain/kernel/errors.js';
import type { ObjectStore } from '../../../domain/kernel/ports/object-store.js';
import type { ColumnStore } from '../../objects/columns.js';

export interface ComputationTools {
  readonly objects: ObjectStore;
  readonly columns: ColumnStore;
  readonly sources: ComputationSources;
  /** Tells how far the work is; a job that does not listen loses nothing. */
  readonly progress: (progress: object) => void;
}

/** Where the event log and the sealed audit log are, for computations that read them; absent where none does. */
export interface ComputationSources {
  readonly eventStoreUrl?: string;
  readonly auditDirectory?: string;
}

/** Deterministic work: its output depends on nothing but its input and the objects that the input names. */
export type Computation = { bivariant(input: object, tools: ComputationTools): Promise<object> }['bivariant'];

export type Computations = Readonly<Record<string, Computation>>;

/** What goes between a worker and the process that computes for it. */
export interface ComputationRequest {
  readonly name: string;
  readonly input: object;
  readonly objectsDirectory: string;
  readonly sources: ComputationSources;
}

/** How a computation ended. */
export type ComputationOutcome =
  | { readonly kind: 'output'; readonly output: object }
  /** A store that it reads does not answer. */
  | { readonly kind: 'hindered'; readonly code: string; readonly message: string }
  /** It could not be done this time: the disk was full, a file not to be read. */
  | { readonly kind: 'failed'; readonly message: string }
  | {
      readonly kind: 'refused';
      readonly code: string;
      readonly message: string;
      readonly details: ErrorDetails;
    };

export type ComputationReply =
  /** Any number of times, before the outcome. */
  | { readonly kind: 'progress'; readonly progress: object }
  | (ComputationOutcome & {
      /** The next computation had better have another process. */
      readonly isSpent: boolean;
    });

/** The process that computed ended without an answer, or could not do it this time: it may be tried again. */
export class ComputationLost extends Unavailable {}

/** A store that the computation reads does not answer, which is not its fault: no attempt counts. */
export class ComputationHindered extends Unavailable {}
