import type { JsonObject } from '../../domain/kernel/json.js';
import { pause } from '../../infra/system/pause.js';
import type { HttpClient, Reply } from '../../test/harness/http-client.js';
import { acknowledgedIn } from '../oracle/acknowledgements.js';
import { listOf } from '../oracle/effects.js';
import type { Violations } from '../oracle/violations.js';

const answerWithinMs = 5000;
const lookMs = 250;

/** Looks things up in a platform that may die at any moment. */
export class ReadBack {
  constructor(
    private readonly member: HttpClient,
    private readonly violations: Violations,
  ) {}

  /** The items of a page; none where nobody answers. */
  async items(path: string): Promise<readonly JsonObject[]> {
    const reply = await this.ask(path);
    return reply?.status === 200 ? listOf(reply.body['items']) : [];
  }

  /** What is shown there once it is what is waited for. @returns undefined when it takes too long */
  async until(
    path: string,
    isIt: (body: JsonObject) => boolean,
    withinMs: number,
  ): Promise<JsonObject | undefined> {
    const giveUpAt = performance.now() + withinMs;
    while (performance.now() < giveUpAt) {
      const reply = await this.ask(path);
      if (reply?.status === 200 && isIt(reply.body)) return reply.body;
      await pause(lookMs);
    }
    return undefined;
  }

  /** A read model that says it has come to a position shows what was written there (rule P6). */
  async after(
    written: Reply,
    path: string,
    lacks: (answer: { readonly revision: string }, reply: Reply) => string | undefined,
  ): Promise<void> {
    const answer = acknowledgedIn(written.body);
    if (!answer) return;
    const reply = await this.ask(`${path}?after=${answer.position}`);
    // Nobody answered, or it did not come so far in time.
    if (!reply || reply.status >= 500) return;
    const fault = reply.status === 200 ? lacks(answer, reply) : `is answered ${reply.status}`;
    if (fault !== undefined) this.violations.add('checkpoint', `${path} after ${answer.position} ${fault}`);
  }

  private async ask(path: string): Promise<Reply | undefined> {
    return this.member.ask(path, { signal: AbortSignal.timeout(answerWithinMs) }).catch(() => undefined);
  }
}
