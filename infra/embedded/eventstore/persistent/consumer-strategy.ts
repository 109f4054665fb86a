import { type Consumer } from './consumer.js';
import { type Message } from './message.js';

/** Chooses who gets a message. */
export interface ConsumerStrategy {
  add(consumer: Consumer): void;
  remove(consumer: Consumer): void;
  /** `held`: the one who should get it is busy, others may get others; `full`: nobody takes anything. */
  choose(message: Message): Consumer | 'held' | 'full';
}
