import { decimalOf } from '../../domain/kernel/decimal.js';
import type { JsonObject } from '../../domain/kernel/json.js';
import type { SeededRandom } from '../../infra/embedded/crash/random.js';
import { textAt, textsAt } from '../../test/harness/http-client.js';
import { acknowledgedIn } from '../oracle/acknowledgements.js';
import { approvalAbove, type DeskRequests } from './desk-requests.js';
import type { KeyedRequest, KeyedRequests } from './keyed-requests.js';
import type { ReadBack } from './read-back.js';
import { reconciliation } from './requests.js';
import type { Steps } from './steps.js';
import { oneAtATime, type Work } from './work.js';

/** So many of the newest runs are worked on. */
const mostRuns = 12;
/** Of the large resolutions; the others are rejected. */
const approved = 0.75;
const undone = 0.7;
const symbols = ['AMZN', 'AAPL', 'MSFT', 'GOOG', 'IBM', 'JPM', 'XOM', 'KO', 'NVDA', 'TSLA', 'CAT', 'PFE'];
const accounts = ['HF-ALPHA', 'HF-BETA', 'PENSION-1', 'PENSION-2', 'PROP-7'];

/** Two people who work on the breaks of completed runs, until each is explained. */
export class Desk {
  readonly works: readonly Work[];
  private runs: string[] = [];
  private matchable: string[] = [];
  /** Breaks that somebody is about to close or to open: a second one would not know which of the two did it. */
  private readonly held = new Set<string>();
  private rule: string | undefined;

  constructor(
    private readonly requests: DeskRequests,
    private readonly keyed: KeyedRequests,
    private readonly readBack: ReadBack,
    private readonly steps: Steps,
  ) {
    this.works = [
      { weight: 6, run: (random) => this.onSomeBreak(random, (id) => requests.assign(id)) },
      { weight: 5, run: (random) => this.onSomeBreak(random, (id) => requests.comment(id)) },
      { weight: 14, run: (random) => this.decide(random) },
      { weight: 10, run: (random) => this.matchByHand(random) },
      { weight: 4, run: oneAtATime((random) => this.bulk(random)) },
      { weight: 1, run: oneAtATime((random) => this.changeRule(random)) },
      { weight: 2, run: oneAtATime((random) => this.begin(requests.report(), random)) },
    ];
  }

  /** @param isMatchable its records may be matched by hand */
  takes(runId: string, isMatchable: boolean): void {
    this.runs = [...this.runs, runId].slice(-mostRuns);
    if (isMatchable) this.matchable = [...this.matchable, runId].slice(-mostRuns);
  }

  private async onSomeBreak(random: SeededRandom, request: (id: string) => KeyedRequest): Promise<void> {
    const found = pick(await this.breaksOf(pick(this.runs, random)), random);
    if (found) await this.keyed.send(request(textAt(found, 'breakId')), random);
  }

  /** Resolves a break, with a second person where it is large, or opens it again. */
  private async decide(random: SeededRandom): Promise<void> {
    const found = pick(await this.breaksOf(pick(this.runs, random)), random);
    if (!found) return;
    const id = textAt(found, 'breakId');
    if (this.held.has(id)) return;
    this.held.add(id);
    try {
      const state = textAt(found, 'state');
      if (state === 'resolved' || state === 'cleared')
        await this.keyed.send(this.requests.reopen(id), random);
      else if (state === 'proposed') await this.keyed.send(this.requests.reject(id), random);
      else await this.resolve(id, decimalOf(textAt(found, 'notional')) > decimalOf(approvalAbove), random);
    } finally {
      this.held.delete(id);
    }
  }

  private async resolve(id: string, isLarge: boolean, random: SeededRandom): Promise<void> {
    const request = this.requests.resolve(id, isLarge);
    const reply = await this.keyed.send(request, random);
    if (!isLarge || reply.status !== 200) return;
    if (random.chance(approved)) await this.begin(this.requests.approve(id, request.key), random);
  }

  private async matchByHand(random: SeededRandom): Promise<void> {
    const runId = pick(this.matchable, random);
    const open = (await this.breaksOf(runId)).filter(({ state }) => state === 'open' || state === 'assigned');
    const ofType = (type: string) => open.filter((one) => one['type'] === type);
    const ours = pick(ofType('missingAtBroker'), random);
    const theirs = pick(ofType('missingInternal'), random);
    const [internal] = ours ? textsAt(ours, 'internal') : [];
    const [broker] = theirs ? textsAt(theirs, 'broker') : [];
    if (runId === undefined || internal === undefined || broker === undefined) return;
    const reply = await this.begin(this.requests.match(runId, { internal, broker }), random);
    if (acknowledgedIn(reply.body) && random.chance(undone))
      await this.begin(this.requests.unmatch(runId, textAt(reply.body, 'matchId')), random);
  }

  /** Only small breaks are resolved by one: nobody has to approve that. */
  private async bulk(random: SeededRandom): Promise<void> {
    const filters: readonly JsonObject[] = [
      { symbol: pick(symbols, random) ?? '' },
      { type: random.chance(0.5) ? 'missingAtBroker' : 'missingInternal' },
      { run: pick(this.runs, random) ?? 'none' },
    ];
    const filter = pick(filters, random) ?? {};
    const bulks = [
      this.requests.bulk(filter, (text) => ({ kind: 'comment', text })),
      this.requests.bulk(filter, (to) => ({ kind: 'assign', to })),
      this.requests.bulk({ ...filter, severity: 'low' }, (reason) => ({
        kind: 'resolve',
        resolution: 'cancel',
        reason,
      })),
      this.requests.bulk({ ...filter, state: 'resolved' }, (reason) => ({ kind: 'reopen', reason })),
    ];
    const bulk = pick(bulks, random);
    if (bulk) await this.begin(bulk, random);
  }

  /** One is in force at a time. */
  private async changeRule(random: SeededRandom): Promise<void> {
    if (this.rule !== undefined) await this.keyed.send(this.requests.retireRule(this.rule), random);
    this.rule = undefined;
    const proposal = this.requests.proposeRule(random.chance(0.5) ? pick(accounts, random) : undefined);
    if ((await this.keyed.send(proposal, random)).status !== 201) return;
    await this.keyed.send(this.requests.approveRule(proposal.key), random);
    this.rule = proposal.key;
  }

  /** Sends what sets something going, after whoever waits for that was told. */
  private begin(request: KeyedRequest, random: SeededRandom) {
    this.steps.begin();
    return this.keyed.send(request, random);
  }

  private async breaksOf(runId: string | undefined): Promise<readonly JsonObject[]> {
    return runId === undefined ? [] : this.readBack.items(`${reconciliation}/breaks?run=${runId}&limit=100`);
  }
}

function pick<One>(all: readonly One[], random: SeededRandom): One | undefined {
  return all[random.integer(0, all.length - 1)];
}
