import { parseStreamName, type StreamName } from '../../../domain/kernel/names.js';
import {
  AppendUnknown,
  type Appended,
  type EventLog,
  type EventToAppend,
  type ExpectedRevision,
  type LogSignal,
  type StoredEvent,
} from '../../../domain/kernel/ports/event-log.js';

export interface SentAppend {
  readonly stream: StreamName;
  readonly expected: ExpectedRevision;
  readonly events: readonly EventToAppend[];
}

/** What happens to one append on its way; `send` delivers it. */
export type AppendFault = (send: () => Promise<Appended>, append: SentAppend) => Promise<Appended>;

/** In doubt, and it did not happen. */
export const lostRequest: AppendFault = (_send, { stream }) => Promise.reject(new AppendUnknown(stream));

/** In doubt, and it did happen, unless somebody else was first. */
export const lostAnswer: AppendFault = async (send, { stream }) => {
  await send().catch(() => undefined);
  throw new AppendUnknown(stream);
};

/** In doubt, and on its way still: what `deliver` is called for comes later than everything sent meanwhile. */
export function delayed(): { readonly fault: AppendFault; deliver(): Promise<Appended> } {
  let late: (() => Promise<Appended>) | undefined;
  return {
    fault: (send, { stream }) => {
      late = send;
      return Promise.reject(new AppendUnknown(stream));
    },
    deliver: () => late?.() ?? Promise.reject(new RangeError('nothing was sent yet')),
  };
}

/** Something else happens first. */
export const after =
  (work: () => Promise<unknown>): AppendFault =>
  async (send) => {
    await work();
    return send();
  };

/** The process dies before the append leaves: nothing after it happens. */
export class Killed extends Error {}
export const killed: AppendFault = () => Promise.reject(new Killed());

/** One process's connection to a log, which loses and delays what a specification tells it to. */
export class FaultyEventLog implements EventLog {
  readonly sent: SentAppend[] = [];
  /** The streams that were read, in order. */
  readonly reads: string[] = [];
  private readonly planned = new Map<string, AppendFault[]>();

  constructor(private readonly log: EventLog) {}

  /** The next appends to streams of a category meet these faults, one each, in order. */
  plan(category: string, ...faults: readonly AppendFault[]): void {
    this.planned.set(category, [...(this.planned.get(category) ?? []), ...faults]);
  }

  append(
    stream: StreamName,
    expected: ExpectedRevision,
    events: readonly EventToAppend[],
  ): Promise<Appended> {
    const append = { stream, expected, events };
    this.sent.push(append);
    const send = () => this.log.append(stream, expected, events);
    const fault = this.planned.get(parseStreamName(stream)?.category ?? '')?.shift();
    return fault ? fault(send, append) : send();
  }

  read(stream: string, from?: bigint): AsyncIterable<StoredEvent> {
    this.reads.push(stream);
    return this.log.read(stream, from);
  }

  readAt(stream: string, revision: bigint): Promise<StoredEvent | undefined> {
    this.reads.push(stream);
    return this.log.readAt(stream, revision);
  }

  readLast(stream: string): Promise<StoredEvent | undefined> {
    return this.log.readLast(stream);
  }

  readAll(from?: bigint): AsyncIterable<StoredEvent> {
    return this.log.readAll(from);
  }

  subscribe(after: bigint | undefined, stop: AbortSignal): AsyncIterable<LogSignal> {
    return this.log.subscribe(after, stop);
  }

  head(): Promise<bigint | undefined> {
    return this.log.head();
  }
}
