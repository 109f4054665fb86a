import type { JsonObject } from '../../domain/kernel/json.js';
import type { SeededRandom } from '../../infra/embedded/crash/random.js';
import { textAt } from '../../test/harness/http-client.js';
import type { ExpectedRun } from '../oracle/run-check.js';
import { dayAfter, type BookPair, type Books } from './books.js';
import type { Desk } from './desk.js';
import type { KeyedRequests } from './keyed-requests.js';
import type { ReadBack } from './read-back.js';
import { reconciliation, type Requests } from './requests.js';
import type { Steps } from './steps.js';

/** The first of the days that are carried forward, and how many there are before the clocks go back in New York. */
const carriedDays = { from: '2024-06-14', pairs: 69 } as const;
const twoDaysShare = 0.4;
/** Through deaths. */
const completedWithinMs = 60_000;

/** Compares books, and hands the runs to the desk. */
export class Reconciling {
  readonly expectedRuns = new Map<string, ExpectedRun>();
  private twice = 0;

  constructor(
    private readonly requests: Requests,
    private readonly keyed: KeyedRequests,
    private readonly books: Books,
    private readonly readBack: ReadBack,
    private readonly desk: Desk,
    private readonly steps: Steps,
  ) {}

  /** One comparison, or two that belong together. */
  work(random: SeededRandom): Promise<void> {
    return random.chance(twoDaysShare) ? this.twoDays(random) : this.oneDay(random);
  }

  private async oneDay(random: SeededRandom): Promise<void> {
    const runId = await this.compare(this.books.draw(random), { settle: true }, random);
    if (runId !== undefined) this.desk.takes(runId, true);
  }

  /** The second day clears what the first one lacked; the desk works on the first meanwhile. */
  private async twoDays(random: SeededRandom): Promise<void> {
    if (this.twice === carriedDays.pairs) return;
    const date = dayAfter(carriedDays.from, 2 * this.twice++);
    const [first, second] = this.books.drawTwoDays(date, random);
    const runId = await this.compare(first, {}, random);
    if (runId === undefined) return;
    // What is matched by hand is not carried forward.
    this.desk.takes(runId, false);
    // Until it is completed nobody knows that there is something to carry.
    const next = await this.compare(second, { carryForward: { days: 1 } }, random);
    if (next !== undefined) this.desk.takes(next, true);
  }

  /** @returns the run once it is completed; undefined when it fails or takes too long */
  private async compare(
    { tradeDate, internal, broker, expected }: BookPair,
    terms: JsonObject,
    random: SeededRandom,
  ): Promise<string | undefined> {
    const { requests, keyed, readBack } = this;
    const [ours, theirs] = await Promise.all([
      keyed.send(requests.upload('internal', internal), random.fork()),
      keyed.send(requests.upload('broker', broker), random.fork()),
    ]);
    if (ours.status !== 201 || theirs.status !== 201) return undefined;
    const internalId = textAt(ours.body, 'uploadId');
    await readBack.after(ours, `${reconciliation}/uploads/${internalId}`, () => undefined);
    this.expectedRuns.set(internalId, expected);
    this.steps.begin();
    const run = await keyed.send(
      requests.run(internalId, textAt(theirs.body, 'uploadId'), { tradeDate, ...terms }),
      random,
    );
    if (run.status !== 202) return undefined;
    const runId = textAt(run.body, 'runId');
    const path = `${reconciliation}/runs/${runId}`;
    await readBack.after(run, path, () => undefined);
    // One whose worker died three times has failed, and is nothing to work on.
    const found = await readBack.until(
      path,
      ({ status }) => status === 'completed' || status === 'failed',
      completedWithinMs,
    );
    return found?.['status'] === 'completed' ? runId : undefined;
  }
}
