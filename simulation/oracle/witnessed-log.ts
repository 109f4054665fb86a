import type { StreamName } from '../../domain/kernel/names.js';
import type {
  Appended,
  EventToAppend,
  ExpectedRevision,
  StoredEvent,
} from '../../domain/kernel/ports/event-log.js';
import { InMemoryEventLog } from '../../infra/eventstore/in-memory-event-log.js';
import type { VirtualTime } from '../faults/virtual-time.js';

export interface Landed {
  readonly event: StoredEvent;
  readonly atMs: number;
}

/** Knows when each event landed. */
export class WitnessedLog extends InMemoryEventLog {
  readonly landed: Landed[] = [];

  constructor(private readonly time: VirtualTime) {
    super();
  }

  override async append(
    stream: StreamName,
    expected: ExpectedRevision,
    events: readonly EventToAppend[],
  ): Promise<Appended> {
    const appended = await super.append(stream, expected, events);
    const last = this.landed.at(-1)?.event.position;
    for await (const event of this.readAll(last))
      if (event.position !== last) this.landed.push({ event, atMs: this.time.now });
    return appended;
  }

  inStream(stream: string): readonly Landed[] {
    return this.landed.filter(({ event }) => event.stream === stream);
  }
}
