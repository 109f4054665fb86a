import { randomUUID } from 'node:crypto';
import { pause } from '../../infra/system/pause.js';
import type { HttpClient, Reply } from './http-client.js';
import { affirm } from './settlements.js';
import { until } from './until.js';

/** A request that stays without an answer for longer is given up, and repeated. */
const giveUpAfterMs = 120_000;
const restMs = 20;

/** What an attempt was answered, when it was not accepted. */
export interface Refusal {
  readonly status: number;
  /** Undefined where there was no problem document. */
  readonly code: string | undefined;
}

/**
 * Affirms settlements one share at a time, one client for each, under keys: whatever is not accepted is repeated under
 * the same key until it is. An event that is lost or applied twice shows in a settlement's sums.
 */
export class AffirmationLoad {
  /** Shares that were acknowledged, by settlement. */
  readonly acknowledged = new Map<string, number>();
  /** Of single attempts; none is the end of it. */
  readonly refusals: Refusal[] = [];
  private clients: Promise<void>[] = [];
  private stopping = false;
  private abandoned = false;

  constructor(
    private readonly client: HttpClient,
    private readonly settlements: readonly string[],
  ) {
    for (const id of settlements) this.acknowledged.set(id, 0);
  }

  start(): void {
    this.clients = this.settlements.map((id) => this.affirmOn(id));
  }

  /** Resolves when every settlement was affirmed so many times more. */
  async more(times: number, withinMs = 60_000): Promise<void> {
    const wanted = new Map([...this.acknowledged].map(([id, count]) => [id, count + times]));
    await until(
      `each was affirmed ${times} times more`,
      () => [...wanted].every(([id, count]) => (this.acknowledged.get(id) ?? 0) >= count),
      withinMs,
    );
  }

  /** Ends each client when its last affirmation was accepted. @throws Error for an answer that repeating cannot mend */
  async stop(): Promise<void> {
    this.stopping = true;
    await Promise.all(this.clients);
  }

  /** Ends it whatever became of the last affirmations: there may be nobody left who answers. */
  async abandon(): Promise<void> {
    this.abandoned = true;
    this.stopping = true;
    await Promise.allSettled(this.clients);
  }

  private async affirmOn(id: string): Promise<void> {
    while (!this.stopping) {
      await this.untilAccepted(id, randomUUID());
      this.acknowledged.set(id, (this.acknowledged.get(id) ?? 0) + 1);
      await pause(restMs);
    }
  }

  private async untilAccepted(id: string, key: string): Promise<void> {
    while (!this.abandoned) {
      const reply = await this.attempt(id, key);
      if (reply?.status === 200) return;
      const code = reply?.body['code'];
      this.refusals.push({ status: reply?.status ?? 0, code: typeof code === 'string' ? code : undefined });
      if (reply && reply.status !== 503) throw new Error(`${id} was not affirmed: ${reply.text}`);
      await pause(restMs * 10);
    }
  }

  private async attempt(id: string, key: string): Promise<Reply | undefined> {
    try {
      return await affirm(this.client, id, 1, { key, signal: AbortSignal.timeout(giveUpAfterMs) });
    } catch {
      return undefined;
    }
  }
}
