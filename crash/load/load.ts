import type { SeededRandom } from '../../infra/embedded/crash/random.js';
import { pause } from '../../infra/system/pause.js';
import { textAt, type Reply } from '../../test/harness/http-client.js';
import { acknowledgedIn } from '../oracle/acknowledgements.js';
import { listOf, textOf } from '../oracle/effects.js';
import type { ExpectedRun } from '../oracle/run-check.js';
import type { Violations } from '../oracle/violations.js';
import type { Books } from './books.js';
import type { KeyedRequests } from './keyed-requests.js';
import { reconciliation, type Requests } from './requests.js';

const clients = 6;
const thinkMs = [10, 120] as const;
const contendedSources = 4;
const mostKnownSettlements = 60;

interface KnownSettlement {
  readonly id: string;
  /** Without its sign. */
  readonly quantity: string;
}

/** One kind of work, and how often it is drawn. */
interface Work {
  readonly weight: number;
  readonly run: (random: SeededRandom) => Promise<unknown>;
}

/** Clients that use everything at once, as long as the platform is to be killed. */
export class Load {
  readonly expectedRuns = new Map<string, ExpectedRun>();
  private isReconciling = false;
  private known: readonly KnownSettlement[] = [];
  private readonly affirmedWhole = new Set<string>();
  private readonly works: readonly Work[];

  constructor(
    private readonly requests: Requests,
    private readonly keyed: KeyedRequests,
    private readonly books: Books,
    private readonly violations: Violations,
  ) {
    this.works = [
      { weight: 30, run: (random) => this.registerSource(random) },
      { weight: 8, run: (random) => this.reconcileAlone(random) },
      { weight: 22, run: (random) => this.affirm(random) },
      { weight: 8, run: (random) => this.keyed.send(this.requests.clock(random), random) },
      { weight: 3, run: (random) => this.keyed.send(this.requests.newWorkspace(), random) },
      { weight: 6, run: (random) => this.affirmTooMuch(random) },
      { weight: 12, run: () => this.lookForSettlements() },
    ];
  }

  /** Until it is stopped; each client has draws of its own. */
  async run(random: SeededRandom, stopping: AbortSignal): Promise<void> {
    const client = async (own: SeededRandom): Promise<void> => {
      while (!stopping.aborted) {
        await this.draw(own).run(own);
        await pause(own.integer(...thinkMs), stopping);
      }
    };
    await Promise.all(Array.from({ length: clients }, () => client(random.fork())));
  }

  private draw(random: SeededRandom): Work {
    const total = this.works.reduce((sum, { weight }) => sum + weight, 0);
    let left = random.next() * total;
    for (const work of this.works) {
      left -= work.weight;
      if (left < 0) return work;
    }
    throw new RangeError('no work was drawn');
  }

  private async registerSource(random: SeededRandom): Promise<void> {
    const name = `contended-${random.integer(1, contendedSources)}`;
    const reply = await this.keyed.send(this.requests.source(name), random);
    await this.readAfter(reply, `${reconciliation}/sources/${name}`, ({ revision }, { body }) =>
      Number(body['version']) >= Number(revision) + 1
        ? undefined
        : `shows version ${textOf(body['version'])}`,
    );
  }

  /** One at a time: each file takes a process, and commands are what is to be sent at once. */
  private async reconcileAlone(random: SeededRandom): Promise<void> {
    if (this.isReconciling) return;
    this.isReconciling = true;
    try {
      await this.reconcile(random);
    } finally {
      this.isReconciling = false;
    }
  }

  private async reconcile(random: SeededRandom): Promise<void> {
    const { internal, broker, rows } = this.books.draw(random);
    const [ours, theirs] = await Promise.all([
      this.keyed.send(this.requests.upload('internal', internal), random.fork()),
      this.keyed.send(this.requests.upload('broker', broker), random.fork()),
    ]);
    if (ours.status !== 201 || theirs.status !== 201) return;
    const internalId = textAt(ours.body, 'uploadId');
    await this.readAfter(ours, `${reconciliation}/uploads/${internalId}`, () => undefined);
    this.expectedRuns.set(internalId, rows);
    const run = await this.keyed.send(this.requests.run(internalId, textAt(theirs.body, 'uploadId')), random);
    if (run.status === 202)
      await this.readAfter(run, `${reconciliation}/runs/${textAt(run.body, 'runId')}`, () => undefined);
  }

  private async affirm(random: SeededRandom): Promise<void> {
    const one = this.known[random.integer(0, this.known.length - 1)];
    if (!one) return;
    const isWhole = one.quantity !== '0' && !this.affirmedWhole.has(one.id) && random.chance(0.5);
    if (isWhole) this.affirmedWhole.add(one.id);
    await this.keyed.send(this.requests.affirmation(one.id, isWhole ? one.quantity : undefined), random);
  }

  /** Always refused: so much was never netted, and at first there is nothing to affirm at all. */
  private async affirmTooMuch(random: SeededRandom): Promise<void> {
    const one = this.known[random.integer(0, this.known.length - 1)];
    await this.keyed.send(this.requests.refusedAffirmation(one?.id ?? 'none'), random);
  }

  private async lookForSettlements(): Promise<void> {
    const path = `${reconciliation}/settlements?state=instructed&limit=${mostKnownSettlements}`;
    const reply = await this.requests.member
      .ask(path, { signal: AbortSignal.timeout(5000) })
      .catch(() => undefined);
    if (reply?.status !== 200) return;
    this.known = listOf(reply.body['items']).map((item) => ({
      id: textAt(item, 'settlementId'),
      quantity: textAt(item, 'netQuantity').replace('-', ''),
    }));
  }

  /** A read model that says it has come to a position shows what was written there (rule P6). */
  private async readAfter(
    written: Reply,
    path: string,
    lacks: (answer: { readonly revision: string }, reply: Reply) => string | undefined,
  ): Promise<void> {
    const answer = acknowledgedIn(written.body);
    if (!answer) return;
    const reply = await this.requests.member
      .ask(`${path}?after=${answer.position}`, { signal: AbortSignal.timeout(5000) })
      .catch(() => undefined);
    // Nobody answered, or it did not come so far in time.
    if (!reply || reply.status >= 500) return;
    const fault = reply.status === 200 ? lacks(answer, reply) : `is answered ${reply.status}`;
    if (fault !== undefined) this.violations.add('checkpoint', `${path} after ${answer.position} ${fault}`);
  }
}
