import type { AnyEvent, EventDefinition, Recorded } from '../../domain/kernel/event.js';
import type { ReadModelVersion } from '../../domain/kernel/ports/read-model-store.js';

/** What a fold answers to remove a document. */
export const deleted = Symbol('deleted');

type Fold<Document, Event> = {
  bivariant(document: Document | undefined, event: Event, id: string): Document | undefined | typeof deleted;
}['bivariant'];

/** A read model: a pure fold from events to documents; the same function live, in a rebuild and in a test. */
export interface Projection<Document extends object, Event extends AnyEvent> extends ReadModelVersion {
  readonly events: { readonly [Type in Event['type']]: EventDefinition };
  /** The documents that an event touches: ids within the event's workspace. */
  readonly key: { bivariant(event: Recorded<Event>): string | readonly string[] }['bivariant'];
  /** The document after an event; the one before is undefined until the first. */
  readonly on: { readonly [Type in Event['type']]: Fold<Document, Recorded<Extract<Event, { type: Type }>>> };
}

export interface ProjectionOptions<Document extends object, Event extends AnyEvent> extends Omit<
  Projection<Document, Event>,
  'indexes' | 'due' | 'build'
> {
  readonly indexes?: readonly (readonly (keyof Document & string)[])[];
  /** The field that says when a document is due: RFC 3339, UTC, milliseconds. */
  readonly due?: keyof Document & string;
}

export function projection<Document extends object, Event extends AnyEvent>(
  definition: ProjectionOptions<Document, Event>,
): Projection<Document, Event> {
  return { indexes: [], ...definition };
}

/** A projection whose types were checked where it was written: what machinery that serves all of them takes. */
export interface AnyProjection extends ReadModelVersion {
  readonly events: Readonly<Record<string, EventDefinition>>;
  key(event: Recorded<AnyEvent>): string | readonly string[];
  readonly on: Readonly<Record<string, Fold<object, Recorded<AnyEvent>>>>;
}
