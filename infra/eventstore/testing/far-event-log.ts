import type { StreamName } from '../../../domain/kernel/names.js';
import type {
  Appended,
  EventToAppend,
  ExpectedRevision,
  StoredEvent,
} from '../../../domain/kernel/ports/event-log.js';
import { FaultyEventLog } from './faulty-event-log.js';

/** Odd and beyond 2^53, so that no JavaScript number holds it. */
export const far = 2n ** 60n + 1n;

/** A log that has grown for very long: its positions begin at `far`. */
export class FarEventLog extends FaultyEventLog {
  override async append(
    stream: StreamName,
    expected: ExpectedRevision,
    events: readonly EventToAppend[],
  ): Promise<Appended> {
    const { position } = await super.append(stream, expected, events);
    return { position: position + far };
  }

  override async *read(stream: string, from?: bigint): AsyncIterable<StoredEvent> {
    for await (const event of super.read(stream, from))
      yield { ...event, position: event.position + far, preparePosition: event.preparePosition + far };
  }
}
