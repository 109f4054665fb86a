import { type Consumer } from './consumer.js';
import { type ConsumerStrategy } from './consumer-strategy.js';
import { type Message } from './message.js';

const BUCKETS = 1024;

/** Keeps what belongs together with one consumer, by 1,024 buckets that are spread evenly over the consumers. */
export class PinnedStrategy implements ConsumerStrategy {
  private readonly bucketsOf = new Map<Consumer, Set<number>>();
  private readonly owners = new Map<number, Consumer>();

  /** @param belongsTo messages with the same text go to the same consumer */
  constructor(private readonly belongsTo: (message: Message) => string) {}

  add(consumer: Consumer): void {
    this.bucketsOf.set(consumer, new Set());
    const share = Math.ceil(this.owners.size / this.bucketsOf.size);
    for (const [other, buckets] of this.bucketsOf) {
      for (const bucket of this.leastBusyFirst(other, buckets).slice(0, Math.max(0, buckets.size - share))) {
        buckets.delete(bucket);
        this.assign(bucket, consumer);
      }
    }
  }

  remove(consumer: Consumer): void {
    for (const bucket of this.bucketsOf.get(consumer) ?? []) this.owners.delete(bucket);
    this.bucketsOf.delete(consumer);
  }

  choose(message: Message): Consumer | 'held' | 'full' {
    if (![...this.bucketsOf.keys()].some(({ availableSlots }) => availableSlots > 0)) return 'full';
    const bucket = this.bucketFor(message);
    const owner = this.owners.get(bucket) ?? this.assign(bucket, this.leastAssigned());
    if (!owner) return 'full';
    return owner.availableSlots > 0 ? owner : 'held';
  }

  private bucketFor(message: Message): number {
    return hash(this.belongsTo(message)) % BUCKETS;
  }

  private assign(bucket: number, consumer: Consumer | undefined): Consumer | undefined {
    if (!consumer) return undefined;
    this.owners.set(bucket, consumer);
    this.bucketsOf.get(consumer)?.add(bucket);
    return consumer;
  }

  private leastAssigned(): Consumer | undefined {
    let least: Consumer | undefined;
    let count = Infinity;
    for (const [consumer, { size }] of this.bucketsOf) {
      if (size >= count) continue;
      least = consumer;
      count = size;
    }
    return least;
  }

  /** Buckets with nothing in flight first, so that as little as possible is worked on in two places. */
  private leastBusyFirst(consumer: Consumer, buckets: ReadonlySet<number>): number[] {
    const busy = new Map<number, number>();
    for (const message of consumer.messages()) {
      const bucket = this.bucketFor(message);
      busy.set(bucket, (busy.get(bucket) ?? 0) + 1);
    }
    return [...buckets].sort((left, right) => (busy.get(left) ?? 0) - (busy.get(right) ?? 0));
  }
}

/** The stream of the event; for a link to nothing, the stream that it names. */
export function sourceStreamOf({ record, event }: Message): string {
  const known = event ?? record;
  if (!known.isLink) return known.stream;
  const text = known.data.toString('utf8');
  return text.slice(text.indexOf('@') + 1);
}

/** The `$correlationId` in the metadata of the event. */
export function correlationOf({ record, event }: Message): string | undefined {
  try {
    const metadata: unknown = JSON.parse((event ?? record).metadata.toString('utf8'));
    if (typeof metadata !== 'object' || metadata === null || !('$correlationId' in metadata))
      return undefined;
    return typeof metadata.$correlationId === 'string' ? metadata.$correlationId : undefined;
  } catch {
    return undefined;
  }
}

/** FNV-1a over the UTF-16 units of a text. */
function hash(text: string): number {
  let result = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    result = Math.imul(result ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return result;
}
