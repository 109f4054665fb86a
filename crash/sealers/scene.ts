import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { logNameOf } from '../../infra/audit/sealing/sealer.js';
import { makeFirstSeed } from '../../infra/audit/keys/signing-keys.js';
import { NodeProcess } from '../../infra/embedded/crash/node-process.js';
import type { SeededRandom } from '../../infra/embedded/crash/random.js';
import { EventStoreDbEventLog } from '../../infra/eventstore/eventstoredb-event-log.js';
import { obtainOrigin } from '../../infra/eventstore/origin.js';
import { randomIds } from '../../infra/system/random-ids.js';
import { systemClock } from '../../infra/system/system-clock.js';
import { HonestWriter } from './honest-writer.js';
import { audited, rootsOf, sealedUpTo, type Looked, type Violation } from './oracle.js';
import { makePlaces, placesIn, type Places } from './places.js';
import { SealerProcess } from './sealer-process.js';
import { strikesOf, suffer, type Tally } from './strikes.js';

const sealedWithinMs = 30_000;

/** One store with its log, an honest writer, and two sealers of two versions. */
export class Scene implements Looked {
  private constructor(
    private readonly root: string,
    readonly places: Places,
    readonly log: EventStoreDbEventLog,
    readonly origin: string,
    readonly writer: HonestWriter,
    readonly older: SealerProcess,
    readonly newer: SealerProcess,
    private readonly node: NodeProcess,
    private readonly random: SeededRandom,
  ) {}

  static async create(random: SeededRandom): Promise<Scene> {
    const root = mkdtempSync(join(tmpdir(), 'axion-sealers-'));
    const places = placesIn(root);
    makePlaces(places);
    const node = NodeProcess.launch({ kind: 'eventstore', directory: places.store });
    const { url } = await node.listens();
    const log = new EventStoreDbEventLog(url);
    const origin = await obtainOrigin(log, systemClock, randomIds);
    await makeFirstSeed(places.keys);
    const writer = new HonestWriter(log, origin, random.fork());
    const sealer = (version: 'older' | 'newer'): SealerProcess =>
      new SealerProcess({ places, url, origin, version });
    const [older, newer] = [sealer('older'), sealer('newer')];
    const scene = new Scene(root, places, log, origin, writer, older, newer, node, random);
    await Promise.all([older.start(), newer.start()]);
    return scene;
  }

  get name(): string {
    return logNameOf(this.origin);
  }

  /** Both sealers live through their strikes while somebody writes; then everything is healed. */
  async round(number: number, tally: Tally): Promise<void> {
    const { older, newer, random, writer } = this;
    const [one, other] = strikesOf(number, random);
    const ended = new AbortController();
    const writing = writer.write(ended.signal);
    try {
      await Promise.all([
        suffer(older, one, random.fork(), tally),
        suffer(newer, other, random.fork(), tally),
      ]);
    } finally {
      ended.abort();
      await writing;
    }
  }

  /** What is wrong, now that nobody is struck any more. */
  async examine(
    withinMs = sealedWithinMs,
  ): Promise<{ readonly seals: number; readonly violations: Violation[] }> {
    const stuck = await sealedUpTo(this, this.writer.position, withinMs);
    const { seals, violations } = await rootsOf(this);
    const incidents = [...this.older.incidents, ...this.newer.incidents];
    return {
      seals,
      violations: [
        ...violations,
        ...stuck,
        ...incidents.map((says): Violation => ({ kind: 'falseIncident', says })),
      ],
    };
  }

  /** What an auditor says of all of it. */
  audit(): Promise<readonly Violation[]> {
    return audited(this);
  }

  /** @param keep what something was found in is kept */
  async close(keep: boolean): Promise<string> {
    await Promise.all([this.older.close(), this.newer.close()]);
    // The client waits for calls that only the end of the node ends.
    const closed = this.log.close();
    await this.node.stop();
    await closed;
    if (!keep) rmSync(this.root, { recursive: true, force: true });
    return this.root;
  }
}
