import type { SeededRandom } from '../infra/embedded/crash/random.js';
import { busyForMs, conclude, questions } from './afterwards.js';
import { attendOrders } from './clients/order-clients.js';
import { drawReports, requestReport } from './clients/report-requests.js';
import { drawRequests } from './clients/requests.js';
import { calm } from './faults/weather.js';
import type { ProcessOptions } from './simulated-process.js';
import type { Plan } from './slot.js';
import { Stage } from './stage.js';
import type { World } from './world.js';

/** Something else that goes on all the while, for so many milliseconds. */
export type Meanwhile = (world: World, lengthMs: number) => Promise<void>;

/** Troubles as they are drawn, then healing, and the questions at the end. */
export async function playAnything(world: World, meanwhile?: Meanwhile): Promise<void> {
  const { time, random } = world;
  const lengthMs = random.integer(500, 4000);
  const plans = drawPlans(random, lengthMs);
  world.trace.add(`weather ${JSON.stringify(world.weather)} plans ${JSON.stringify(plans)}`);
  const stage = new Stage(world, plans);
  const { slots, client, operator } = stage;
  stage.requests = drawRequests(random, lengthMs, slots.length);
  const lives = Promise.all(slots.map((slot) => slot.live()));
  const sent = stage.requests.flatMap((request) =>
    request.sendings.map((sending) => client.send(request, sending)),
  );
  const operated = operator.work(lengthMs);
  const reports = drawReports(random, lengthMs).map((wanted) => requestReport(world, slots, wanted));
  const attended = attendOrders(world, slots, lengthMs + 1, busyForMs);
  const asked = Array.from({ length: 4 }, () => askSometime(stage, random.integer(0, lengthMs)));
  await Promise.all([time.sleep(lengthMs), ...asked, meanwhile?.(world, lengthMs)]);

  world.weather = calm;
  await Promise.all([lives, operated]);
  await Promise.all(slots.map((slot) => slot.finishDeployment()));
  if (random.chance(0.3)) await operator.renew();
  await Promise.all([...sent, ...reports, attended]);
  await conclude(stage);
}

async function askSometime(stage: Stage, atMs: number): Promise<void> {
  const { world, slots, client, reader } = stage;
  const { time, random } = world;
  await time.sleep(atMs);
  const process = slots[random.integer(0, slots.length - 1)]?.current;
  const one = questions(stage)[random.integer(0, 1)];
  if (process && one) await reader.ask(process, one, client.position);
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
