import type { StreamName } from '../../domain/kernel/names.js';
import {
  AppendUnknown,
  type Appended,
  type EventLog,
  type EventToAppend,
  type ExpectedRevision,
} from '../../domain/kernel/ports/event-log.js';
import { hashOf, linkEvents, type ChainLink, type UnlinkedEvent } from './chain.js';

/** An append without an answer is sent so often before it is given up. */
const mostSends = 3;

/** Where the last of some events came to stand. */
export interface Written extends ChainLink {
  readonly position: bigint;
}

/**
 * Appends linked events without a command: for programs that try the log itself. It is the only writer of its streams,
 * and remembers their ends.
 */
export class LinkedWriter {
  private readonly ends = new Map<StreamName, ChainLink>();

  constructor(
    private readonly log: EventLog,
    private readonly origin: string,
  ) {}

  /** @throws whatever the append throws; the stream's end is read anew then */
  async append(stream: StreamName, events: readonly UnlinkedEvent[]): Promise<Written> {
    const last = this.ends.get(stream) ?? (await this.endOf(stream));
    const linked = linkEvents(this.origin, stream, last, events);
    this.ends.delete(stream);
    const { position } = await this.send(stream, last?.revision ?? 'no_stream', linked);
    const end = {
      revision: (last?.revision ?? -1n) + BigInt(linked.length),
      hash: linked.at(-1)?.metadata['a.h'] ?? '',
    };
    this.ends.set(stream, end);
    return { ...end, position };
  }

  /** The same events at the same revision are stored once, however often they are sent. */
  private async send(
    stream: StreamName,
    expected: ExpectedRevision,
    events: readonly EventToAppend[],
  ): Promise<Appended> {
    for (let sends = 1; ; sends++)
      try {
        return await this.log.append(stream, expected, events);
      } catch (error) {
        if (!(error instanceof AppendUnknown) || sends === mostSends) throw error;
      }
  }

  private async endOf(stream: StreamName): Promise<ChainLink | undefined> {
    const last = await this.log.readLast(stream);
    return last && { revision: last.revision, hash: hashOf(last) ?? '' };
  }
}
