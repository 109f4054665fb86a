import type { SeededRandom } from '../../infra/embedded/crash/random.js';
import { pause } from '../../infra/system/pause.js';
import { textAt } from '../../test/harness/http-client.js';
import { textOf } from '../oracle/effects.js';
import type { Violations } from '../oracle/violations.js';
import type { Books } from './books.js';
import { Desk } from './desk.js';
import type { DeskRequests } from './desk-requests.js';
import type { KeyedRequests } from './keyed-requests.js';
import { ReadBack } from './read-back.js';
import { Reconciling } from './reconciling.js';
import { reconciliation, type Requests } from './requests.js';
import { Steps } from './steps.js';
import { drawWork, type Work } from './work.js';

const thinkMs = [10, 120] as const;
const contendedSources = 4;
const mostKnownSettlements = 60;

interface KnownSettlement {
  readonly id: string;
  /** Without its sign. */
  readonly quantity: string;
}

/** Clients that use everything at once, as long as the platform is to be killed. */
export class Load {
  readonly steps = new Steps();
  private readonly readBack: ReadBack;
  private readonly reconciling: Reconciling;
  private known: readonly KnownSettlement[] = [];
  private readonly affirmedWhole = new Set<string>();
  private readonly works: readonly Work[];

  constructor(
    private readonly requests: Requests,
    deskRequests: DeskRequests,
    private readonly keyed: KeyedRequests,
    books: Books,
    violations: Violations,
    private readonly clients: number,
  ) {
    this.readBack = new ReadBack(requests.member, violations);
    const desk = new Desk(deskRequests, keyed, this.readBack, this.steps);
    this.reconciling = new Reconciling(requests, keyed, books, this.readBack, desk, this.steps);
    this.works = [
      { weight: 24, run: (random) => this.registerSource(random) },
      { weight: 18, run: (random) => this.affirm(random) },
      { weight: 8, run: (random) => this.keyed.send(this.requests.clock(random), random) },
      { weight: 3, run: (random) => this.keyed.send(this.requests.newWorkspace(), random) },
      { weight: 6, run: (random) => this.affirmTooMuch(random) },
      { weight: 10, run: () => this.lookForSettlements() },
      ...desk.works,
    ];
  }

  get expectedRuns() {
    return this.reconciling.expectedRuns;
  }

  /** Until it is stopped; each client has draws of its own. */
  async run(random: SeededRandom, stopping: AbortSignal): Promise<void> {
    const client = async (own: SeededRandom, draw: () => Work): Promise<void> => {
      while (!stopping.aborted) {
        await draw().run(own);
        await pause(own.integer(...thinkMs), stopping);
      }
    };
    const mixed = Array.from({ length: this.clients }, () => random.fork());
    // By one of them alone: each file takes a process, and commands are what is to be sent at once.
    const reconciling: Work = { weight: 1, run: (own) => this.reconciling.work(own) };
    await Promise.all([
      ...mixed.map((own) => client(own, () => drawWork(this.works, own))),
      client(random.fork(), () => reconciling),
    ]);
  }

  private async registerSource(random: SeededRandom): Promise<void> {
    const name = `contended-${random.integer(1, contendedSources)}`;
    const reply = await this.keyed.send(this.requests.source(name), random);
    await this.readBack.after(reply, `${reconciliation}/sources/${name}`, ({ revision }, { body }) =>
      Number(body['version']) >= Number(revision) + 1
        ? undefined
        : `shows version ${textOf(body['version'])}`,
    );
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
    const found = await this.readBack.items(
      `${reconciliation}/settlements?state=instructed&limit=${mostKnownSettlements}`,
    );
    this.known = found.map((item) => ({
      id: textAt(item, 'settlementId'),
      quantity: textAt(item, 'netQuantity').replace('-', ''),
    }));
  }
}
