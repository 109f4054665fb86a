import type { EventLog } from '../../../domain/kernel/ports/event-log.js';
import { documentName, type DocumentKey } from '../../../domain/kernel/ports/read-model-store.js';
import { Heads } from './heads.js';
import type { SagaShard } from './saga-shard.js';

interface Waiting {
  /** The smallest position that any of them waits for. */
  least: bigint;
  readonly instances: Map<string, { readonly key: DocumentKey; readonly head: bigint }>;
}

/**
 * Lets a timer fire when its saga has handled everything that was in the log when it was found due (rule S3): what
 * happened before the due time was written before that, and counts.
 */
export class FiringGate {
  private readonly heads: Heads;
  /** Where the log ended when a timer was found due, by its instance, and its name and due time. */
  private readonly found = new Map<string, Map<string, bigint | undefined>>();
  private readonly waiting = new Map<number, Waiting>();

  /**
   * @param shardOf the shard of an instance, if this process has it
   * @param wake told of each instance whose timer may fire now
   */
  constructor(
    log: Pick<EventLog, 'head'>,
    private readonly shardOf: (key: DocumentKey) => SagaShard | undefined,
    private readonly wake: (key: DocumentKey) => void,
  ) {
    this.heads = new Heads(log);
  }

  /**
   * @returns the position up to which everything was handled, undefined for an empty log; or `wait`: `wake` is called
   * then, or another process fires the timer
   */
  async pass(
    key: DocumentKey,
    { name, due }: { readonly name: string; readonly due: string },
  ): Promise<bigint | undefined | 'wait'> {
    const instance = documentName(key);
    const timer = `${name} ${due}`;
    const heads = this.found.get(instance) ?? new Map<string, bigint | undefined>();
    if (!heads.has(timer)) heads.set(timer, await this.heads.read());
    const head = heads.get(timer);
    const shard = this.shardOf(key);
    if (!shard) return 'wait';
    if (head === undefined || shard.hasApplied(head)) {
      heads.delete(timer);
      return head;
    }
    this.found.set(instance, heads);
    this.await(shard.number, instance, key, head);
    return 'wait';
  }

  /** An instance has nothing due any more. */
  forget(key: DocumentKey): void {
    this.found.delete(documentName(key));
  }

  /** A shard has handed over more. */
  shardMoved(shard: SagaShard): void {
    const waiting = this.waiting.get(shard.number);
    if (!waiting || !shard.hasApplied(waiting.least)) return;
    this.waiting.delete(shard.number);
    for (const [instance, { key, head }] of waiting.instances)
      if (shard.hasApplied(head)) this.wake(key);
      else this.await(shard.number, instance, key, head);
  }

  private await(shard: number, instance: string, key: DocumentKey, head: bigint): void {
    const waiting = this.waiting.get(shard) ?? { least: head, instances: new Map() };
    this.waiting.set(shard, waiting);
    if (head < waiting.least) waiting.least = head;
    waiting.instances.set(instance, { key, head });
  }
}
