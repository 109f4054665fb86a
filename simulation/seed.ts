import { conclude, heal } from './afterwards.js';
import { StandStill, type VirtualTime } from './faults/virtual-time.js';
import { calm } from './faults/weather.js';
import type { Finding } from './oracle/findings.js';
import { playAnything } from './random-history.js';
import type { Scenario } from './scenarios/scenario.js';
import { Stage } from './stage.js';
import { World } from './world.js';

export interface SeedResult {
  readonly seed: number;
  readonly findings: readonly Finding[];
  /** SHA-256 of everything that happened, hex. */
  readonly digest: string;
  readonly trace: readonly string[];
}

export interface SeedOptions {
  /** Undefined: any history. */
  readonly scenario?: Scenario | undefined;
  readonly keepTrace?: boolean;
}

const longestMs = 15 * 60_000;

/** One whole history: troubles, healing, quiet, and the questions at the end. */
export async function runSeed(
  time: VirtualTime,
  seed: number,
  { scenario, keepTrace = false }: SeedOptions = {},
): Promise<SeedResult> {
  time.reset();
  const world = new World(time, seed, keepTrace);
  try {
    await time.runUntil('a history', scenario ? direct(world, scenario) : playAnything(world), longestMs);
  } catch (error) {
    if (error instanceof StandStill) world.findings.add('stand-still', error.message);
    else throw error;
  }
  for (const { name, detail } of world.findings.all) world.trace.add(`found ${name}: ${detail}`);
  return { seed, findings: world.findings.all, digest: world.trace.digest(), trace: world.trace.lines };
}

async function direct(world: World, scenario: Scenario): Promise<void> {
  if ('jumps' in scenario) return playAnything(world, scenario.jumps);
  world.weather = calm;
  world.manualClock = scenario.manualClock ?? false;
  const stage = new Stage(world, scenario.plans);
  world.trace.add(`scenario ${scenario.name}`);
  for (const slot of stage.slots) await slot.up();
  await scenario.play(stage);
  await heal(stage);
  await conclude(stage);
}
