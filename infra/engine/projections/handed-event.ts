import type { AnyEvent, Recorded } from '../../../domain/kernel/event.js';
import type { StoredEvent } from '../../../domain/kernel/ports/event-log.js';
import type { EventCodec } from '../../eventstore/event-codec.js';
import { jsonWeight } from '../../system/json-weight.js';

/** An event on its way to several read models: decoded once, when the first that it concerns looks at it. */
export class HandedEvent {
  private decoded: Recorded<AnyEvent> | undefined;
  private weighed: number | undefined;

  constructor(
    readonly stored: StoredEvent,
    private readonly codec: EventCodec,
  ) {}

  get type(): string {
    return this.stored.type;
  }

  get position(): bigint {
    return this.stored.position;
  }

  /** About how many bytes it takes. */
  get weight(): number {
    return (this.weighed ??= jsonWeight(this.stored.data));
  }

  /** @throws what the codec throws: a fault of the read models that the event concerns, and of no other */
  get event(): Recorded<AnyEvent> {
    return (this.decoded ??= this.codec.decodeSealed(this.stored));
  }

  /** What can be told of it though it cannot be read: everything but its data. */
  get undecoded(): Recorded<AnyEvent> {
    return this.codec.undecoded(this.stored);
  }
}
