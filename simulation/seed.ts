import type { SeededRandom } from '../infra/embedded/crash/random.js';
import { Client } from './clients/client.js';
import { Operator } from './clients/operator.js';
import { Reader, type Asked } from './clients/reader.js';
import { attendOrders } from './clients/order-clients.js';
import { drawReports, requestReport } from './clients/report-requests.js';
import { drawRequests, names, type Request } from './clients/requests.js';
import { StandStill, type VirtualTime } from './faults/virtual-time.js';
import { calm } from './faults/weather.js';
import { checkCommands } from './oracle/command-oracle.js';
import type { Finding } from './oracle/findings.js';
import { allOver, checkSagas } from './oracle/saga-oracle.js';
import { checkReadModels, haveCaughtUp } from './oracle/read-model-oracle.js';
import type { ProcessOptions } from './simulated-process.js';
import { Slot, type Plan } from './slot.js';
import { World, seededIds } from './world.js';

export interface SeedResult {
  readonly seed: number;
  readonly findings: readonly Finding[];
  /** SHA-256 of everything that happened, hex. */
  readonly digest: string;
  readonly trace: readonly string[];
}

const longestMs = 15 * 60_000;
/** Even where leases of the dead have to run out, one after another, read models have caught up within this time. */
const caughtUpWithinMs = 60_000;
/** What else is still on its way by itself: checkpoints, polls, retries. */
const restMs = 2500;
/** By then every job has an outcome. */
const busyForMs = 5 * 60_000;

/** One whole history: troubles, healing, quiet, and the questions at the end. */
export async function runSeed(time: VirtualTime, seed: number, keepTrace = false): Promise<SeedResult> {
  time.reset();
  const world = new World(time, seed, keepTrace);
  try {
    await time.runUntil('a history', history(world), longestMs);
  } catch (error) {
    if (error instanceof StandStill) world.findings.add('stand-still', error.message);
    else throw error;
  }
  for (const { name, detail } of world.findings.all) world.trace.add(`found ${name}: ${detail}`);
  return { seed, findings: world.findings.all, digest: world.trace.digest(), trace: world.trace.lines };
}

async function history(world: World): Promise<void> {
  const { time, random } = world;
  const lengthMs = random.integer(500, 4000);
  const plans = drawPlans(random, lengthMs);
  world.trace.add(`weather ${JSON.stringify(world.weather)} plans ${JSON.stringify(plans)}`);
  world.olderCode = plans.some(({ processes }) => processes.some(({ older }) => older));
  const slots = plans.map((plan, index) => new Slot(world, `process-${index}`, plan));
  const client = new Client(world, slots, seededIds(random.fork()));
  const reader = new Reader(world);
  const requests = drawRequests(random, lengthMs, slots.length);
  const lives = Promise.all(slots.map((slot) => slot.live()));
  const sent = requests.flatMap((request) =>
    request.sendings.map((sending) => client.send(request, sending)),
  );
  const operator = new Operator(world, slots);
  const operated = operator.work(lengthMs);
  const reports = drawReports(random, lengthMs).map((wanted) => requestReport(world, slots, wanted));
  const attended = attendOrders(world, slots, lengthMs + 1, busyForMs);
  const asked = Array.from({ length: 4 }, () =>
    askSometime(world, slots, client, reader, requests, random.integer(0, lengthMs)),
  );
  await Promise.all([time.sleep(lengthMs), ...asked]);

  world.weather = calm;
  await Promise.all([lives, operated]);
  await Promise.all(slots.map((slot) => slot.finishDeployment()));
  if (random.chance(0.3)) await operator.renew();
  await Promise.all([...sent, ...reports, attended]);
  await operator.unparkAll();
  world.olderCode = false;
  while (world.underWay > 0 || (!world.jobs.allFinished && time.now < busyForMs)) await time.sleep(50);
  await settle(world);
  await checkReadModels(world);
  await askAll(world, slots, client, reader, requests);
  await sendAllAgain(world, slots, client, requests);
  await settle(world);
  await checkCommands(world, client);
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

async function askSometime(
  world: World,
  slots: readonly Slot[],
  client: Client,
  reader: Reader,
  requests: readonly Request[],
  atMs: number,
): Promise<void> {
  const { time, random } = world;
  await time.sleep(atMs);
  const process = slots[random.integer(0, slots.length - 1)]?.current;
  const one = questions(requests)[random.integer(0, 1)];
  if (process && one) await reader.ask(process, one, client.position);
}

/** After the healing every process answers every question, however new what it is asked for (rules P1, P6). */
async function askAll(
  { findings }: World,
  slots: readonly Slot[],
  client: Client,
  reader: Reader,
  requests: readonly Request[],
): Promise<void> {
  for (const [index, { current }] of slots.entries())
    await Promise.all(
      questions(requests).map(async (asked) => {
        if (current && !(await reader.ask(current, asked, client.position)))
          findings.add(
            'query.hangs',
            `process ${index} has not applied ${client.position} of ${asked.model}`,
          );
      }),
    );
}

/** A repeat, through a process that has seen the history and through one that has not, is answered, and as before. */
async function sendAllAgain(
  world: World,
  slots: readonly Slot[],
  client: Client,
  requests: readonly Request[],
): Promise<void> {
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

function questions(requests: readonly Request[]): readonly Asked[] {
  return [
    ...[...new Set(requests.map(({ account }) => account))].map((id) => ({
      model: 'statements' as const,
      id,
    })),
    ...names.map((id) => ({ model: 'nameHolders' as const, id })),
  ];
}

/** Two processes that do everything, and one that only takes commands and queries. The first two may be deployed anew. */
function drawPlans(random: SeededRandom, lengthMs: number): Plan[] {
  const troubled = random.chance(0.8);
  const leased = random.chance(0.5);
  const older = random.chance(0.3);
  const before: ProcessOptions = { lanes: random.integer(1, 3), leased, older };
  const after: ProcessOptions =
    older || random.chance(0.4) ? { lanes: random.integer(1, 3), leased } : before;
  const troubles = (): Plan['troubles'] =>
    Array.from({ length: troubled ? random.integer(0, 2) : 0 }, () => ({
      afterMs: random.integer(0, lengthMs),
      kind: (['kill', 'kill', 'stop', 'deploy'] as const)[random.integer(0, 3)] ?? 'kill',
      forMs: random.integer(0, 5000),
    }));
  return [
    { processes: [before, after], troubles: troubles() },
    { processes: [before, after], troubles: troubles() },
    { processes: [{}], troubles: troubles() },
  ];
}
