import type { StreamName } from '../../../../domain/kernel/names.js';
import type {
  Appended,
  EventLog,
  EventToAppend,
  ExpectedRevision,
  LogSignal,
  StoredEvent,
} from '../../../../domain/kernel/ports/event-log.js';
import { FaultyEventLog, Killed } from '../../../eventstore/testing/faulty-event-log.js';

/** A log as a process sees it that is killed at an append of its: before it leaves, or before its answer arrives. */
export class MortalLog extends FaultyEventLog {
  dead = false;
  private appends = 0;

  constructor(
    log: EventLog,
    private readonly dies: (nth: number) => 'before' | 'after' | 'not' = () => 'not',
  ) {
    super(log);
  }

  override async append(
    stream: StreamName,
    expected: ExpectedRevision,
    events: readonly EventToAppend[],
  ): Promise<Appended> {
    this.checkAlive();
    const fate = this.dies(++this.appends);
    if (fate === 'before') this.dead = true;
    this.checkAlive();
    const appended = await super.append(stream, expected, events);
    if (fate === 'after') this.dead = true;
    this.checkAlive();
    return appended;
  }

  override async *read(stream: string, from?: bigint): AsyncIterable<StoredEvent> {
    this.checkAlive();
    yield* super.read(stream, from);
  }

  override readAt(stream: string, revision: bigint): Promise<StoredEvent | undefined> {
    this.checkAlive();
    return super.readAt(stream, revision);
  }

  override async *subscribe(after: bigint | undefined, stop: AbortSignal): AsyncIterable<LogSignal> {
    for await (const signal of super.subscribe(after, stop)) {
      this.checkAlive();
      yield signal;
    }
  }

  override head(): Promise<bigint | undefined> {
    this.checkAlive();
    return super.head();
  }

  private checkAlive(): void {
    if (this.dead) throw new Killed('this process was killed');
  }
}
