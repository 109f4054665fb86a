import { fork } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compiled } from '../../apps/config/compiled.js';
import { makeNextSeed } from '../../infra/audit/keys/signing-keys.js';
import { encodeVerifierKey } from '../../infra/audit/notes/note-key.js';
import { openReceipt } from '../../infra/audit/receipts/receipt.js';
import { sizeOfNote } from '../../infra/audit/publishing/checkpoint-file.js';
import type { Finding } from '../detectors/finding.js';
import { byExport, byLinks, byLog, byReceipts, byWitness } from '../detectors/look.js';
import { worldAt, type World } from '../world/folders.js';
import { House } from '../world/house.js';
import { honestClient, type HonestOrder, type HonestReport } from './honest-program.js';

export interface HonestOptions {
  /** So many at least are acknowledged. */
  readonly events: number;
  /** SIGKILLs of the process that holds node, client and sealer. */
  readonly kills: number;
  readonly seed: number;
}

export interface HonestRun {
  readonly alarms: readonly Finding[];
  readonly events: number;
  readonly kills: number;
  readonly rotations: number;
  readonly receipts: number;
  readonly seals: number;
}

/**
 * Honest events through node, client, links and sealer in one process, which is killed again and again; the key
 * rotates after every second death, and the schema of what is written changes with every life. Then everybody looks.
 */
export async function runHonest(root: string, { events, kills, seed }: HonestOptions): Promise<HonestRun> {
  const world = worldAt(root);
  for (const directory of [world.store, world.audit, world.keys, world.elsewhere])
    mkdirSync(directory, { recursive: true });
  const receipts: string[] = [];
  const checkpoints: string[] = [];
  const random = randomFrom(seed);
  let written = 0;
  let rotations = 0;
  for (let life = 0; life <= kills; life++) {
    const isLast = life === kills;
    const share = Math.floor((events / (kills + 1)) * (0.5 + random()));
    const order: HonestOrder = {
      root,
      schema: 1 + life,
      events: isLast ? Math.max(events - written, 1) : share,
    };
    const lived = await live(order, isLast ? undefined : Math.floor(share * (0.2 + 0.6 * random())));
    written += lived.written;
    receipts.push(...lived.receipts);
    checkpoints.push(...lived.checkpoints);
    if (!isLast && life % 2 === 1) {
      await makeNextSeed(world.keys);
      rotations += 1;
    }
  }
  const { alarms, leaves } = await lookAtAll(world, receipts, checkpoints);
  return { alarms, events: written, kills, rotations, receipts: receipts.length, seals: leaves };
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

async function lookAtAll(
  world: World,
  receipts: readonly string[],
  checkpoints: readonly string[],
): Promise<{ readonly alarms: readonly Finding[]; readonly leaves: number }> {
  const house = await House.open(world);
  try {
    const keys = (await house.keys.all()).map(({ verifier }) => verifier);
    const [first] = keys;
    const newest = keys.at(-1);
    if (!first || !newest) throw new Error('the log has no key');
    const policy = join(world.elsewhere, 'policy.json');
    writeFileSync(policy, JSON.stringify({ origin: house.name, keys: [encodeVerifierKey(first)] }));
    const alarms = [
      ...(await byLinks(house)),
      // The first key alone is pinned: it names the others.
      ...(await byLog(house, first, ...checkpoints)),
      ...(await byReceipts(
        house,
        receipts.map((receipt) => openReceipt(receipt, keys)),
      )),
      ...(await byWitness(house, newest)),
      ...(await byExport(house, honestClient, policy, [])),
    ];
    return { alarms, leaves: sizeOfNote((await house.checkpoint()) ?? '') };
  } finally {
    await house.close();
  }
}

/** A number from 0 up to 1, by mulberry32: the same seed, the same deaths. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
