import { type Consumer } from './consumer.js';
import { type ConsumerStrategy } from './consumer-strategy.js';
import { PinnedStrategy, correlationOf, sourceStreamOf } from './pinned-strategy.js';

/** @throws Error for a name that `flawOf` refuses */
export function createStrategy(name: string): ConsumerStrategy {
  switch (name) {
    case 'RoundRobin':
      return new QueueStrategy(true);
    case 'DispatchToSingle':
      return new QueueStrategy(false);
    case 'Pinned':
      return new PinnedStrategy(sourceStreamOf);
    case 'PinnedByCorrelation':
      return new PinnedStrategy((message) => correlationOf(message) ?? sourceStreamOf(message));
    default:
      throw new Error(`consumer strategy ${name} does not exist`);
  }
}

/** The next consumer with room gets the message: each in turn, or always the same one until it is full. */
class QueueStrategy implements ConsumerStrategy {
  private readonly consumers: Consumer[] = [];

  constructor(private readonly takesTurns: boolean) {}

  add(consumer: Consumer): void {
    this.consumers.push(consumer);
  }

  remove(consumer: Consumer): void {
    const index = this.consumers.indexOf(consumer);
    if (index !== -1) this.consumers.splice(index, 1);
  }

  choose(): Consumer | 'full' {
    const index = this.consumers.findIndex((consumer) => consumer.availableSlots > 0);
    const chosen = this.consumers[index];
    if (!chosen) return 'full';
    // Whoever was passed over goes behind the others, and whoever has had a turn does.
    this.consumers.push(...this.consumers.splice(0, this.takesTurns ? index + 1 : index));
    return chosen;
  }
}
