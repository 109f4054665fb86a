import { attendOrders } from './clients/order-clients.js';
import { names } from './clients/requests.js';
import type { Asked } from './clients/reader.js';
import { calm } from './faults/weather.js';
import { checkCommands } from './oracle/command-oracle.js';
import { checkReadModels, haveCaughtUp } from './oracle/read-model-oracle.js';
import { allOver, checkSagas } from './oracle/saga-oracle.js';
import { Slot } from './slot.js';
import type { Stage } from './stage.js';
import type { World } from './world.js';

/** Even where leases of the dead have to run out, one after another, read models have caught up within this time. */
const caughtUpWithinMs = 60_000;
/** What else is still on its way by itself: checkpoints, polls, retries. */
const restMs = 2500;
/** By then every job has an outcome. */
export const busyForMs = 5 * 60_000;

/** Nothing is wrong any more: what was played heals. */
export async function heal(stage: Stage): Promise<void> {
  const { world, slots } = stage;
  world.weather = calm;
  await Promise.all(slots.map((slot) => slot.finishDeployment()));
  await attendOrders(world, slots, 0, busyForMs);
}

/** Quiet, and the questions at the end. */
export async function conclude(stage: Stage): Promise<void> {
  const { world, slots, operator } = stage;
  const { time } = world;
  await operator.unparkAll();
  world.olderCode = false;
  while (world.underWay > 0 || (!world.jobs.allFinished && time.now < busyForMs)) await time.sleep(50);
  await settle(world);
  await checkReadModels(world);
  await askAll(stage);
  await sendAllAgain(stage);
  await settle(world);
  await checkCommands(world, stage.client);
  world.jobs.check();
  checkSagas(world);
  await checkReadModels(world);
  await Promise.all(slots.map((slot) => slot.down()));
}

/** Waits for what is under way by itself, as long as it may take. */
async function settle(world: World): Promise<void> {
  const { time } = world;
  const deadline = time.now + caughtUpWithinMs;
  const isQuiet = async (): Promise<boolean> =>
    world.jobs.allFinished && allOver(world) && (await haveCaughtUp(world));
  while (time.now < deadline && !(await isQuiet())) await time.sleep(200);
  await time.sleep(restMs);
}

/** After the healing every process answers every question, however new what it is asked for (rules P1, P6). */
async function askAll(stage: Stage): Promise<void> {
  const { slots, client, reader, world } = stage;
  for (const [index, { current }] of slots.entries())
    await Promise.all(
      questions(stage).map(async (asked) => {
        if (current && !(await reader.ask(current, asked, client.position)))
          world.findings.add(
            'query.hangs',
            `process ${index} has not applied ${client.position} of ${asked.model}`,
          );
      }),
    );
}

/** A repeat, through a process that has seen the history and through one that has not, is answered, and as before. */
async function sendAllAgain({ world, slots, client, requests }: Stage): Promise<void> {
  const { random, findings } = world;
  const fresh = new Slot(world, 'afterwards', { processes: [], troubles: [] });
  await fresh.up();
  for (const request of requests)
    for (const { current } of [slots[random.integer(0, slots.length - 1)] ?? fresh, fresh]) {
      const told = await client.sendOnce(request, current, false);
      if (told.kind === 'unknown')
        findings.add(
          'command.unanswered',
          `request ${request.index}: ${told.code}, and nothing is wrong any more`,
        );
    }
  await fresh.down();
}

export function questions({ requests }: Pick<Stage, 'requests'>): readonly Asked[] {
  return [
    ...[...new Set(requests.map(({ account }) => account))].map((id) => ({
      model: 'statements' as const,
      id,
    })),
    ...names.map((id) => ({ model: 'nameHolders' as const, id })),
  ];
}
