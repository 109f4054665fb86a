import { type Consumer } from './consumer.js';
import { type Message } from './message.js';

interface Given {
  readonly message: Message;
  readonly consumer: Consumer;
  readonly expiresAt: number;
}

/** The messages of a group that were given to consumers and not answered. */
export class Outstanding {
  private readonly given = new Map<string, Given>();

  /** @param timeout milliseconds until a message counts as not answered; 0: never */
  constructor(private readonly timeout: number) {}

  get size(): number {
    return this.given.size;
  }

  has(id: string): boolean {
    return this.given.has(id);
  }

  give(message: Message, consumer: Consumer): void {
    const expiresAt = this.timeout === 0 ? Infinity : performance.now() + this.timeout;
    this.given.set(message.id, { message, consumer, expiresAt });
    consumer.give(message);
  }

  /** Takes a message back from whoever has it; undefined when nobody does. */
  takeBack(id: string): Message | undefined {
    const given = this.given.get(id);
    if (!given) return undefined;
    this.given.delete(id);
    given.consumer.release(id);
    return given.message;
  }

  expired(): readonly Message[] {
    const now = performance.now();
    return [...this.given.values()].filter(({ expiresAt }) => expiresAt <= now).map(({ message }) => message);
  }
}
