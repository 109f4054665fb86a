import { SteppedSealer, commute, type Step } from '../testing/stepped-sealer.js';
import { World, sealAll } from '../testing/world.js';
import { sealStream, type SealIntent } from './seal-events.js';

interface Situation {
  /** Of the filters. */
  readonly versions: readonly [string, string];
  /** What was sealed before both start. */
  readonly sealedBefore: boolean;
}

/** So much for one sealer: what it does where it is the first, and what it does where it is not. */
const turns = 2;

/** What happened, some of it a leaf to the newer filter alone. */
async function worldOf({ sealedBefore }: Situation): Promise<World> {
  const world = new World();
  await world.happens('thing', 'acme', 'a');
  if (sealedBefore) await sealAll(world.sealer({ filter: '2' }));
  await world.administers('other', 'b');
  await world.happens('thing', 'acme', 'a');
  return world;
}

/** Everybody is done, or dead: whoever comes then finds one history, and ends it. */
async function check(world: World, sealers: readonly SteppedSealer[]): Promise<void> {
  expect(sealers.flatMap(({ incidents }) => incidents)).toEqual([]);
  await world.happens('thing', 'beta', 'c');
  const head = await world.log.head();
  await sealAll(world.sealer({ filter: '2' }));
  await world.audit();
  const roots = new Map(world.published.map(({ size, root }) => [size, root]));
  for (const { size, root } of world.published) expect(root).toBe(roots.get(size));
  expect(world.published.at(-1)?.n).toBe(Math.max(...world.published.map(({ n }) => n)));
  expect(await sealedTo(world)).toBe(head);
}

async function sealedTo(world: World): Promise<bigint> {
  let to = '-1';
  for await (const { type, data } of world.log.read(sealStream))
    if (type === 'SealIntent') ({ to } = data as SealIntent);
  return BigInt(to);
}

interface Choice {
  readonly who: number;
  readonly step: Step;
  /** Who else could have moved, and was not tried yet. */
  readonly others: readonly number[];
}

/**
 * Every order of the steps of two sealers, one run for each; of orders that differ in steps that commute, the one in
 * which the first sealer's come first.
 *
 * @param limits how many steps each may make before it is killed
 * @returns how many orders there were
 */
async function everyOrder(situation: Situation, limits: readonly [number, number]): Promise<number> {
  let orders = 0;
  let told: readonly number[] | undefined = [];
  while (told) {
    const world = await worldOf(situation);
    const sealers = situation.versions.map((version) => new SteppedSealer(world, version, turns));
    for (const sealer of sealers) await sealer.quiet();
    const { choices, isNew } = await walk(sealers, limits, told);
    if (isNew) {
      await check(world, sealers);
      orders += 1;
    }
    told = nextOrder(choices);
  }
  return orders;
}

/** @param told who moves at first; afterwards whoever can */
async function walk(
  sealers: readonly SteppedSealer[],
  limits: readonly [number, number],
  told: readonly number[],
): Promise<{ readonly choices: readonly Choice[]; readonly isNew: boolean }> {
  const choices: Choice[] = [];
  const left = [...limits];
  for (;;) {
    const movable = [0, 1].filter((who) => sealers[who]?.pending && (left[who] ?? 0) > 0);
    const before = choices.at(-1);
    const able = movable.filter((who) => {
      const step = sealers[who]?.pending;
      return !(before && step && who < before.who && commute(before.step, step));
    });
    const who = told[choices.length] ?? able[0];
    const step = who === undefined ? undefined : sealers[who]?.pending;
    // Where everybody who could move should have moved before, another order comes to the same.
    if (who === undefined || step === undefined) return { choices, isNew: movable.length === 0 };
    choices.push({ who, step, others: able.filter((one) => one > who) });
    left[who] = (left[who] ?? 0) - 1;
    await sealers[who]?.step();
  }
}

/** In depth: the last choice that leaves another open is made otherwise. */
function nextOrder(choices: readonly Choice[]): readonly number[] | undefined {
  const at = choices.findLastIndex(({ others }) => others.length > 0);
  const [other] = choices[at]?.others ?? [];
  return other === undefined ? undefined : [...choices.slice(0, at).map(({ who }) => who), other];
}

const situations: [string, Situation][] = [
  ['at the first seal', { versions: ['2', '2'], sealedBefore: false }],
  ['of two filter versions', { versions: ['1', '2'], sealedBefore: false }],
  ['of two filter versions, over what was sealed before', { versions: ['1', '2'], sealedBefore: true }],
];
/** More than any of them makes. */
const mostSteps = 30;

describe('two sealers at once', () => {
  it.each(situations)(
    'make one history in every order of their steps, %s',
    async (_what, situation) => {
      expect(await everyOrder(situation, [mostSteps, mostSteps])).toBeGreaterThan(100);
    },
    300_000,
  );

  it('make one history in every order of their steps, whichever is killed, and after whichever step', async () => {
    const [, situation] = situations[1] ?? [];
    let orders = 0;
    for (let steps = 1; situation && steps <= 8; steps++) {
      orders += await everyOrder(situation, [steps, mostSteps]);
      orders += await everyOrder(situation, [mostSteps, steps]);
    }
    expect(orders).toBeGreaterThan(100);
  }, 300_000);
});
