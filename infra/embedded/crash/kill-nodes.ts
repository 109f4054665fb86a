import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { EventStoreSubject } from './event-store-subject.js';
import type { Findings } from './findings.js';
import { MongoSubject } from './mongo-subject.js';
import { type NodeKind, NodeProcess } from './node-process.js';
import { SeededRandom } from './random.js';
import { Round } from './round.js';
import type { Subject, SubjectOptions } from './subject.js';

export interface KillOptions {
  /** How many times a node is killed, both kinds together. */
  readonly kills: number;
  readonly seed: number;
  /** When a node that listens is killed: after so many milliseconds or acknowledgements. */
  readonly after: 'milliseconds' | 'acknowledgements';
  /** How many: a seeded random number between the two. */
  readonly between: readonly [number, number];
  /** The program of the nodes, when it is to be another than theirs. */
  readonly program?: string;
  /** Where the stores are made; the system's folder for temporary files unless told. */
  readonly folder?: string;
  readonly onProgress?: (line: string) => void;
}

export interface KillResult {
  readonly kills: number;
  readonly acks: number;
  readonly lost: number;
  readonly torn: number;
  readonly seed: number;
}

/** A store begins anew after so many kills, so that every check can look at all of it. */
const KILLS_PER_STORE = 25;
/** Some nodes die while they start. */
const KILLED_WHILE_STARTING = 0.1;
const LONGEST_START_MS = 500;

/**
 * Kills nodes that run in processes of their own while clients write to them, and looks after each kill, in this
 * process, whether the store contradicts itself or what the node acknowledged. Both kinds of node run side by side.
 *
 * @throws Error when a node does not start again
 */
export async function killNodes(options: KillOptions): Promise<KillResult> {
  const { kills, seed } = options;
  const random = new SeededRandom(seed);
  const lanes = await Promise.all([
    runLane('eventstore', Math.ceil(kills / 2), random.fork(), options),
    runLane('mongo', Math.floor(kills / 2), random.fork(), options),
  ]);
  const sum = (name: 'kills' | 'acks' | 'lost' | 'torn'): number =>
    lanes.reduce((total, lane) => total + lane[name], 0);
  return { kills: sum('kills'), acks: sum('acks'), lost: sum('lost'), torn: sum('torn'), seed };
}

async function runLane(
  kind: NodeKind,
  kills: number,
  random: SeededRandom,
  options: KillOptions,
): Promise<KillResult> {
  const total = { kills: 0, acks: 0, lost: 0, torn: 0, seed: options.seed };
  while (total.kills < kills) {
    const folder = mkdtempSync(join(options.folder ?? tmpdir(), `axion-crash-${kind}-`));
    const lane = new Lane(kind, join(folder, 'store'), random, options, (findings) => {
      total.lost += findings.lost.length;
      total.torn += findings.torn.length;
    });
    const until = Math.min(kills, total.kills + KILLS_PER_STORE);
    const before = { kills: total.kills, acks: total.acks };
    const seed = random.integer(0, 2 ** 32 - 1);
    const subject = await createSubject(kind, {
      directory: join(folder, 'store'),
      journalPath: join(folder, 'journal'),
      seed,
    });
    try {
      // A store in which something was found would show it again after every kill.
      while (total.kills < until && !lane.hasFound) {
        await lane.killOnce(subject);
        total.kills++;
        total.acks = before.acks + subject.acknowledged;
        options.onProgress?.(
          `${kind}: ${total.kills} of ${kills} kills, ${total.acks} acknowledged, ${total.lost} lost, ${total.torn} torn`,
        );
      }
      if (!lane.hasFound) await lane.readBack(subject);
    } finally {
      await subject.close();
      // What contradicts itself is kept for whoever looks into it.
      if (!lane.hasFound) rmSync(folder, { recursive: true, force: true });
    }
  }
  return total;
}

function createSubject(kind: NodeKind, options: SubjectOptions): Promise<Subject> {
  return kind === 'mongo' ? MongoSubject.create(options) : EventStoreSubject.create(options);
}

/** One store, and the nodes that live and die on it. */
class Lane {
  hasFound = false;
  private port = 0;
  private hasListened = false;

  constructor(
    private readonly kind: NodeKind,
    private readonly directory: string,
    private readonly random: SeededRandom,
    private readonly options: KillOptions,
    private readonly onFindings: (findings: Findings) => void,
  ) {}

  async killOnce(subject: Subject): Promise<void> {
    const node = this.launch();
    const round = new Round(node.ended);
    const whileStarting = this.random.chance(KILLED_WHILE_STARTING);
    const wait = this.random.integer(...this.options.between);
    const kill = (): void => {
      round.markKilled();
      node.kill();
    };
    if (whileStarting) {
      await Promise.race([pause(this.random.integer(0, LONGEST_START_MS)), node.ended]);
      kill();
    } else {
      const { url, port } = await node.listens();
      this.port = port;
      this.hasListened = true;
      const stop = this.killAfter(wait, subject, kill);
      try {
        await subject.load(url, round);
      } catch (error) {
        // Nothing but a kill excuses an error: the node refused what it had to do.
        this.found({ lost: [`while alive: ${String(error)}`], torn: [] });
      }
      stop();
      kill();
    }
    await node.ended;
    // Before it first listened there may be no store, and nothing was acknowledged.
    if (this.hasListened) this.found(await subject.check());
  }

  /** Returns what calls the kill off. */
  private killAfter(wait: number, subject: Subject, kill: () => void): () => void {
    if (this.options.after === 'milliseconds') {
      const timer = setTimeout(kill, wait);
      return () => clearTimeout(timer);
    }
    const enough = subject.acknowledged + wait;
    const timer = setInterval(() => {
      if (subject.acknowledged >= enough) kill();
    }, 1);
    return () => clearInterval(timer);
  }

  async readBack(subject: Subject): Promise<void> {
    const node = this.launch();
    const { url } = await node.listens();
    this.found(await subject.readBack(url));
    await node.stop();
  }

  private launch(): NodeProcess {
    const { kind, directory, port } = this;
    const { program } = this.options;
    return NodeProcess.launch({ kind, directory, port, ...(program !== undefined && { program }) });
  }

  private found(findings: Findings): void {
    const words = [...findings.lost, ...findings.torn];
    if (words.length === 0) return;
    this.hasFound = true;
    this.options.onProgress?.(`${this.kind}, in ${this.directory}: ${words.slice(0, 5).join('; ')}`);
    this.onFindings(findings);
  }
}
