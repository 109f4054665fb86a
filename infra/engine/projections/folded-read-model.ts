import { documentName, type StoredDocument } from '../../../domain/kernel/ports/read-model-store.js';
import type { StoredEvent } from '../../../domain/kernel/ports/event-log.js';
import type { AnyProjection, Projection } from '../../../projections/kernel/projection.js';
import type { AnyEvent } from '../../../domain/kernel/event.js';
import type { EventCodec } from '../../eventstore/event-codec.js';
import { decodedKeys } from './decoded-keys.js';
import { foldOne } from './fold.js';

/** A read model that is made of the log in memory and kept nowhere: what it was at a moment. */
export class FoldedReadModel<Document extends object> {
  private readonly documents = new Map<string, StoredDocument>();
  private readonly projection: AnyProjection;

  constructor(
    projection: Projection<Document, AnyEvent>,
    private readonly codec: EventCodec,
  ) {
    this.projection = projection;
  }

  /**
   * @param event comes after those before, in the order of the log
   * @param until an event of a later time is left out: RFC 3339, UTC, milliseconds
   */
  apply(event: StoredEvent, until: string): void {
    const found = decodedKeys(this.projection, this.codec, event);
    if (found?.kind !== 'keyed' || found.event.at > until) return;
    for (const key of found.keys) {
      const name = documentName(key);
      const after = foldOne(this.projection, this.documents.get(name), found.event, key);
      if (after) this.documents.set(name, after);
    }
  }

  /** In the order of their ids. */
  all(): readonly Document[] {
    return (
      [...this.documents.values()]
        .sort((one, other) => (one.id < other.id ? -1 : 1))
        // The projection made it, and says what it is.
        .flatMap(({ document }) => (document ? [document as Document] : []))
    );
  }
}
