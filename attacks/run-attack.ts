import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Attack } from './attack.js';
import { type Place, isAt, type DetectorName, type Finding } from './detectors/finding.js';
import { byReceiver, lookAt } from './detectors/look.js';
import { copyWorld, type World } from './world/folders.js';
import { policyOf, receivedExport } from './world/honest-world.js';

export interface Outcome {
  readonly attack: Attack;
  readonly verdict: 'found' | 'missed';
  readonly findings: readonly Finding[];
  /** Of those that must find it, the ones that did not. */
  readonly blind: readonly DetectorName[];
  /** Of those that it gets past, the ones that found it all the same: it was made too weak. */
  readonly undeceived: readonly DetectorName[];
  /** What was attacked, and whether somebody who must find it named exactly that. */
  readonly place: Place | undefined;
  readonly named: Finding | undefined;
  /** What the receiver of an export that was changed the same way says; undefined when there is no such change. */
  readonly onExport: readonly Finding[] | undefined;
}

/** Makes one attack on a copy of a world, and lets everybody look. */
export async function runAttack(honest: World, attack: Attack): Promise<Outcome> {
  const world = copyWorld(honest, `${honest.root}-${attack.name}`);
  try {
    const place = await attack.make(world);
    const exportHoldsTail = attack.name === 'sealer-omission';
    const findings = await lookAt(world, { exportHoldsTail });
    const blind = attack.mustFind.filter((name) => !findings.some(({ by }) => by === name));
    const undeceived = attack.deceives.filter((name) => findings.some(({ by }) => by === name));
    const named = findings
      .filter(({ by }) => attack.mustFind.includes(by))
      .find(place ? isAt(place) : () => true);
    const onExport = attack.editExport && (await changedExport(world, attack.editExport));
    const isFound = blind.length === 0 && named !== undefined && onExport?.length !== 0;
    const verdict = isFound ? 'found' : 'missed';
    return { attack, verdict, findings, blind, undeceived, place, named, onExport };
  } finally {
    rmSync(world.root, { recursive: true });
  }
}

/** What everybody says to a world that nobody attacked: every word of it is a false alarm. */
export async function runUnharmed(honest: World): Promise<readonly Finding[]> {
  const world = copyWorld(honest, `${honest.root}-unharmed`);
  try {
    const untouched = await changedExport(world, () => undefined);
    return [...untouched, ...(await lookAt(world, { exportHoldsTail: false }))];
  } finally {
    rmSync(world.root, { recursive: true });
  }
}

async function changedExport(world: World, change: (directory: string) => void): Promise<readonly Finding[]> {
  const directory = join(world.root, 'changed-export');
  cpSync(receivedExport(world), directory, { recursive: true });
  change(directory);
  return byReceiver(directory, policyOf(world));
}
