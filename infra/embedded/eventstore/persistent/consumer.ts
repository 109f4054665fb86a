import { type Refusal } from '../refusals.js';
import { type Message } from './message.js';
import { ObservedTimes } from './observed-times.js';
import { Rate } from './rate.js';

/** The way to one connected consumer. */
export interface ConsumerCall {
  readonly connectionName: string;
  /** How many messages it takes before it answers one. */
  readonly bufferSize: number;
  send(message: Message): void;
  drop(reason: Refusal): void;
}

/** One connected consumer and the messages it has not answered. */
export class Consumer {
  readonly rate = new Rate();
  readonly times: ObservedTimes | undefined;
  private readonly given = new Map<string, { readonly message: Message; readonly at: number }>();

  constructor(
    readonly call: ConsumerCall,
    extraStatistics: boolean,
  ) {
    this.times = extraStatistics ? new ObservedTimes() : undefined;
  }

  get availableSlots(): number {
    return Math.max(0, this.call.bufferSize - this.given.size);
  }

  get inFlight(): number {
    return this.given.size;
  }

  *messages(): Generator<Message> {
    for (const { message } of this.given.values()) yield message;
  }

  give(message: Message): void {
    this.given.set(message.id, { message, at: performance.now() });
    this.rate.count();
    this.call.send(message);
  }

  /** Called when the message was answered, or has waited too long for an answer. */
  release(id: string): void {
    const given = this.given.get(id);
    if (!given) return;
    this.given.delete(id);
    this.times?.add(performance.now() - given.at);
  }
}
