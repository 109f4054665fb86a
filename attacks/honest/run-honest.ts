import { fork } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { compiled } from '../../apps/config/compiled.js';
import { makeNextSeed } from '../../infra/audit/keys/signing-keys.js';
import type { VerifiedState } from '../../infra/audit/verify/verification.js';
import { SeededRandom } from '../../infra/embedded/crash/random.js';
import type { Finding } from '../detectors/finding.js';
import { worldAt } from '../world/folders.js';
import type { HonestOrder, HonestReport } from './honest-program.js';
import { lookAtAll, lookAtNew } from './looks.js';

export interface HonestOptions {
  /** So many at least are acknowledged. */
  readonly events: number;
  /** SIGKILLs of the process that holds node, client and sealer. */
  readonly kills: number;
  readonly seed: number;
  /** Told after each life. */
  readonly say?: (line: string) => void;
}

export interface HonestRun {
  readonly alarms: readonly Finding[];
  readonly events: number;
  readonly kills: number;
  /** Ends in good order. */
  readonly restarts: number;
  readonly rotations: number;
  readonly receipts: number;
  /** Leaves of the origin's log. */
  readonly leaves: number;
  /** Of the events, while they were written. */
  readonly eventsPerSecond: number;
  /** Of everything, the looks included. */
  readonly seconds: number;
}

type Ending = 'killed' | 'restarted' | 'over';

/**
 * Honest events through node, client, links and sealer in one process, which is killed again and again; after every
 * second death the key rotates, and the next life ends in good order. The schema of what is written changes with every
 * life. After each life `axion verify` goes on where it was, and in the end everybody looks at everything.
 */
export async function runHonest(
  root: string,
  { events, kills, seed, say = () => undefined }: HonestOptions,
): Promise<HonestRun> {
  const begun = performance.now();
  const world = worldAt(root);
  for (const directory of [world.store, world.audit, world.keys, world.elsewhere])
    mkdirSync(directory, { recursive: true });
  const receipts: string[] = [];
  const checkpoints: string[] = [];
  const random = new SeededRandom(seed);
  const lives = endingsOf(kills);
  const alarms: Finding[] = [];
  let verified: VerifiedState | undefined;
  let written = 0;
  let writingMs = 0;
  let rotations = 0;
  for (const [index, ending] of lives.entries()) {
    const left = Math.max(events - written, 1);
    const share = Math.floor((left / (lives.length - index)) * (0.5 + random.next()));
    const order: HonestOrder = {
      root,
      schema: 1 + index,
      events: ending === 'over' ? left : share,
      mostLeaves: events > manyEvents ? leavesOfMany : leavesOfFew,
    };
    const startedAt = performance.now();
    const lived = await live(
      order,
      ending === 'killed' ? Math.floor(share * (0.2 + 0.6 * random.next())) : undefined,
    );
    writingMs += performance.now() - startedAt;
    written += lived.written;
    receipts.push(...lived.receipts);
    const look = await lookAtNew(world, lived.checkpoints, verified);
    alarms.push(...look.alarms);
    verified = look.verified ?? verified;
    checkpoints.push(...lived.checkpoints);
    say(`${written} events, ${ending}, ${look.skipped} leaves of them verified before`);
    if (ending === 'killed' && lives[index + 1] !== 'killed') {
      await makeNextSeed(world.keys);
      rotations += 1;
    }
  }
  const all = await lookAtAll(world, receipts, checkpoints);
  return {
    alarms: [...alarms, ...all.alarms],
    events: written,
    kills,
    restarts: lives.filter((ending) => ending === 'restarted').length,
    rotations,
    receipts: receipts.length,
    leaves: all.leaves,
    eventsPerSecond: Math.round((written / writingMs) * 1000),
    seconds: Math.round((performance.now() - begun) / 1000),
  };
}

/** A small seal makes it likely that a death strikes in the middle of one; of a million, every one has some thousand. */
const leavesOfFew = 250;
const leavesOfMany = 2500;
const manyEvents = 50_000;

function endingsOf(kills: number): readonly Ending[] {
  const endings: Ending[] = [];
  for (let nth = 1; nth <= kills; nth++) {
    endings.push('killed');
    if (nth % 2 === 0) endings.push('restarted');
  }
  return [...endings, 'over'];
}

/** @param killAfter SIGKILL when so many events are acknowledged; undefined: it ends by itself, with everything sealed */
async function live(order: HonestOrder, killAfter: number | undefined): Promise<HonestReport> {
  const child = fork(compiled('attacks/honest/honest-program.js'), [JSON.stringify(order)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  let written = 0;
  const receipts: string[] = [];
  const checkpoints: string[] = [];
  return new Promise((resolve, reject) => {
    child.on('message', (message) => {
      const report = message as HonestReport;
      written += report.written;
      receipts.push(...report.receipts);
      checkpoints.push(...report.checkpoints);
      if (killAfter !== undefined && written >= killAfter) child.kill('SIGKILL');
    });
    child.on('exit', (code, signal) => {
      if (code === 0 || signal === 'SIGKILL') resolve({ written, receipts, checkpoints });
      else reject(new Error(`the honest program ended with ${code ?? signal}`));
    });
  });
}
