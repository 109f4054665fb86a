import type { SeededRandom } from '../../infra/embedded/crash/random.js';
import { pause } from '../../infra/system/pause.js';
import type { Ask, HttpClient, Reply } from '../../test/harness/http-client.js';
import { acknowledgedIn, type Acknowledgements } from '../oracle/acknowledgements.js';
import { textOf, type Effect } from '../oracle/effects.js';

/** A command under a key of its own. */
export interface KeyedRequest {
  readonly key: string;
  readonly client: HttpClient;
  readonly path: string;
  readonly ask: Ask;
  readonly effect: Effect;
  /** Codes with which it may be refused, for good. */
  readonly mayBeRefused?: readonly string[];
}

/** A death breaks the connection at once; this is for a platform that lives and is silent. */
const answerWithinMs = 30_000;
/** Through all repeats and deaths. */
const answeredWithinMs = 180_000;
const pausesMs = [50, 250] as const;
/** Of the requests; the others are sent by one client, until it is answered. */
const sentByTwo = 0.2;
const repeated = 0.1;

/** Sends each request with its key until it is answered, and has the answer recorded before it counts. */
export class KeyedRequests {
  /** What should not be said even by a platform that dies, in words. */
  readonly oddities: string[] = [];

  constructor(private readonly acknowledgements: Acknowledgements) {}

  /** @throws Error when there is no answer for a very long time */
  async send(request: KeyedRequest, random: SeededRandom): Promise<Reply> {
    this.acknowledgements.ask(request.key, request.effect);
    const twin = random.chance(sentByTwo) ? random.fork() : undefined;
    const [reply] = await Promise.all([
      this.untilAnswered(request, random),
      twin && this.untilAnswered(request, twin),
    ]);
    if (random.chance(repeated)) await this.untilAnswered(request, random);
    return reply;
  }

  private async untilAnswered(request: KeyedRequest, random: SeededRandom): Promise<Reply> {
    const giveUpAt = performance.now() + answeredWithinMs;
    for (;;) {
      const reply = await this.attempt(request);
      if (reply) {
        await this.record(request, reply);
        return reply;
      }
      if (performance.now() > giveUpAt) throw new Error(`${request.path} is not answered at all`);
      await pause(random.integer(...pausesMs));
    }
  }

  /** @returns undefined when it is not known what came of it */
  private async attempt({ key, client, path, ask }: KeyedRequest): Promise<Reply | undefined> {
    try {
      const reply = await client.ask(path, {
        method: 'POST',
        ...ask,
        headers: { ...ask.headers, 'idempotency-key': key },
        signal: AbortSignal.timeout(answerWithinMs),
      });
      if (reply.status < 500) return reply;
      if (reply.status !== 503) this.oddities.push(`${path} was answered ${reply.status}: ${reply.text}`);
      return undefined;
    } catch {
      // The connection broke, or nobody listens.
      return undefined;
    }
  }

  private async record({ key, effect, mayBeRefused = [] }: KeyedRequest, reply: Reply): Promise<void> {
    const { status, body, text } = reply;
    const answer = acknowledgedIn(body);
    if (status < 300 && answer) {
      await this.acknowledgements.record({ key, effect, outcome: 'accepted', answer });
      return;
    }
    const code = textOf(body['code']);
    if (mayBeRefused.includes(code))
      await this.acknowledgements.record({ key, effect, outcome: 'refused', code });
    else
      this.acknowledgements.contradictions.push(
        `${effect.type} ${effect.trace} was answered ${status}: ${text}`,
      );
  }
}
