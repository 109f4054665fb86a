import type { AnyEvent, Recorded } from '../../../domain/kernel/event.js';
import type { StoredEvent } from '../../../domain/kernel/ports/event-log.js';
import type { EventCodec } from '../../eventstore/event-codec.js';

/** An event on its way to several read models: decoded once, when the first that it concerns looks at it. */
export class HandedEvent {
  private decoded: Recorded<AnyEvent> | undefined;

  constructor(
    private readonly stored: StoredEvent,
    private readonly codec: EventCodec,
  ) {}

  get type(): string {
    return this.stored.type;
  }

  get position(): bigint {
    return this.stored.position;
  }

  /** @throws what the codec throws: a fault of the read models that the event concerns, and of no other */
  get event(): Recorded<AnyEvent> {
    return (this.decoded ??= this.codec.decodeSealed(this.stored));
  }
}
