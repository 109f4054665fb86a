import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { readConfiguration, type Configuration } from '../apps/config/configuration.js';
import { objectsDirectoryOf } from '../apps/config/data-directories.js';
import { newLogger } from '../apps/config/logger.js';
import { withUrls, type Stores } from '../apps/cli/stores.js';
import { readRunFile } from '../apps/standalone/run-file.js';
import { Unavailable } from '../domain/kernel/errors.js';
import type { SeededRandom } from '../infra/embedded/crash/random.js';
import { pause } from '../infra/system/pause.js';
import { heal } from './healing.js';
import { CrashedPlatform } from './kit/platform.js';
import { Books } from './load/books.js';
import { DeskRequests } from './load/desk-requests.js';
import { KeyedRequests } from './load/keyed-requests.js';
import { Load } from './load/load.js';
import { Rebuilds } from './load/rebuilds.js';
import { brokerSource, Requests } from './load/requests.js';
import type { Steps } from './load/steps.js';
import { FileObjectStore } from '../infra/objects/file-object-store.js';
import { textAt, type HttpClient } from '../test/harness/http-client.js';
import { Acknowledgements } from './oracle/acknowledgements.js';
import { Census } from './oracle/census.js';
import { check, type Witness } from './oracle/check.js';
import { begunAgain } from './oracle/job-check.js';
import { Violations } from './oracle/violations.js';

const workspace = 'crash';
/** Deaths come when each of these happened once. */
const firstOfAll = [
  'RunRequested',
  'BreakResolved',
  'RecordsMatchedByHand',
  'HandMatchUndone',
  'ReportRequested',
];
const warmWithinMs = 120_000;
const lookMs = 100;

export interface SceneOptions {
  /** Of this scene, within a run. */
  readonly name: string;
  /** Who use everything at once, beside one who compares books. */
  readonly clients: number;
}

/** One data directory, the platform that lives and dies on it, its clients, and what they were told. */
export class Scene {
  /** How often a job of each kind was begun again, by the newest examination. */
  begunAgain: ReadonlyMap<string, number> = new Map();
  /** Found by clients, while they used it. */
  private readonly seen = new Violations();
  private readonly books = new Books();
  private readonly requests: Requests;
  private readonly deskRequests: DeskRequests;
  private readonly keyed: KeyedRequests;
  private readonly load: Load;
  private readonly rebuilds: Rebuilds;

  private constructor(
    readonly platform: CrashedPlatform,
    readonly configuration: Configuration,
    readonly acknowledgements: Acknowledgements,
    private readonly random: SeededRandom,
    { name, clients }: SceneOptions,
  ) {
    this.requests = new Requests(name, platform.root, platform.root.in(workspace), this.books);
    this.keyed = new KeyedRequests(acknowledgements);
    this.deskRequests = new DeskRequests(this.requests);
    this.load = new Load(this.requests, this.deskRequests, this.keyed, this.books, this.seen, clients);
    this.rebuilds = new Rebuilds((work) => this.lend(work), newLogger(configuration, 'crash'));
  }

  /** @param folder an empty one, for all of it */
  static async create(folder: string, options: SceneOptions, random: SeededRandom): Promise<Scene> {
    const platform = await CrashedPlatform.create(folder, randomBytes(32).toString('hex'));
    const configuration = readConfiguration({
      AXION_DATA: platform.dataDirectory,
      AXION_CLOCK: 'manual',
      AXION_LOG_LEVEL: 'silent',
    });
    const acknowledgements = await Acknowledgements.open(join(folder, 'acknowledgements'));
    return new Scene(platform, configuration, acknowledgements, random, options);
  }

  get witness(): Witness {
    const objects = new FileObjectStore(objectsDirectoryOf(this.configuration));
    return { acknowledgements: this.acknowledgements, expectedRuns: this.load.expectedRuns, objects };
  }

  get steps(): Steps {
    return this.load.steps;
  }

  /** Answers that even a dying platform should not give. */
  get oddities(): readonly string[] {
    return this.keyed.oddities;
  }

  /** The first start, and what the clients need. */
  async begin(): Promise<void> {
    await this.platform.start();
    const { requests, deskRequests, random } = this;
    for (const request of [
      requests.workspace(workspace),
      requests.source(brokerSource),
      requests.clock(random),
      deskRequests.policy(),
    ])
      await this.keyed.send(request, random);
    deskRequests.colleague = await this.colleague();
  }

  /** Everybody works while `deaths` come, as soon as there is something to lose, and goes on until each has its answer. */
  async underLoad(deaths: () => Promise<void>): Promise<void> {
    const ended = new AbortController();
    const working = Promise.all([
      this.load.run(this.random.fork(), ended.signal),
      this.rebuilds.run(this.random.fork(), ended.signal),
    ]);
    // What goes wrong with the load is told when the deaths are over.
    working.catch(() => undefined);
    try {
      const giveUpAt = performance.now() + warmWithinMs;
      while (!this.isWarm && performance.now() < giveUpAt) await pause(lookMs);
      await deaths();
    } finally {
      ended.abort();
    }
    await working;
  }

  /** Lets everything come to its end, and compares it with what was told. */
  async examine(): Promise<Violations> {
    const violations = new Violations();
    violations.addAll(this.seen);
    await this.lend(async (stores) => {
      await heal(stores.log, this.requests, this.keyed, this.random);
      violations.addAll(await check(stores, this.witness));
      this.begunAgain = begunAgain(await Census.take(stores.log));
    });
    return violations;
  }

  async close(): Promise<void> {
    await this.platform.end();
    await this.acknowledgements.close();
  }

  private get isWarm(): boolean {
    const { accepted } = this.acknowledgements;
    return firstOfAll.every((type) => accepted.has(type));
  }

  private async colleague(): Promise<HttpClient> {
    const { member } = this.requests;
    const { body } = await member.post(`/v1/tenancy/workspaces/${workspace}/keys`, {
      name: 'the second person',
      roles: ['analyst'],
    });
    return member.as(textAt(body, 'key'));
  }

  private async lend(work: (stores: Stores) => Promise<void>): Promise<void> {
    const running = readRunFile(this.configuration.dataDirectory);
    if (!running) throw new Unavailable('crash.not-running', 'the platform does not run');
    await withUrls(this.configuration, running, work);
  }
}
