import type { AnyEvent, Provenance, Recorded } from '../../domain/kernel/event.js';
import type { JsonObject } from '../../domain/kernel/json.js';
import { workspaceId } from '../../domain/kernel/names.js';
import { deleted, type AnyProjection, type Projection } from './projection.js';

/** An event of a specification; what nothing looks at can be left out. */
export type Happened<Event extends AnyEvent> = Event & Partial<Provenance>;

/** fold(projection).given(events).is(id, document), for one read model. */
export function fold<Document extends object, Event extends AnyEvent>(model: Projection<Document, Event>) {
  return {
    given: (...history: readonly Happened<Event>[]) => {
      const documents = replay(model, history.map(recorded));
      return {
        /** The document as a store holds it; undefined where there is none. */
        is: (id: string, expected: Document | undefined) => expect(documents.get(id)).toEqual(expected),
        /** All documents there are. */
        has: (...ids: readonly string[]) => expect([...documents.keys()].sort()).toEqual([...ids].sort()),
      };
    },
  };
}

function replay(model: AnyProjection, events: readonly Recorded<AnyEvent>[]): Map<string, JsonObject> {
  const documents = new Map<string, JsonObject>();
  for (const event of events)
    for (const id of [model.key(event)].flat()) {
      const after = model.on[event.type]?.(documents.get(id), event, id);
      if (after === deleted) documents.delete(id);
      else if (after !== undefined) documents.set(id, JSON.parse(JSON.stringify(after)) as JsonObject);
    }
  return documents;
}

function recorded(happened: Happened<AnyEvent>, index: number): Recorded<AnyEvent> {
  return {
    id: `event-${index}`,
    stream: 'thing-acme.1',
    revision: BigInt(index),
    position: BigInt(index) * 100n,
    workspace: workspaceId('acme'),
    at: '2024-06-12T20:00:00.000Z',
    actor: 'key:alice',
    commandId: `command-${index}`,
    correlationId: 'correlation-1',
    causationId: '',
    ...happened,
  };
}
