import type { SeededRandom } from '../../infra/embedded/crash/random.js';
import { RequestReport, type Fate } from '../bank/report.js';
import type { Slot } from '../slot.js';
import { workspace, type World } from '../world.js';

export interface WantedReport {
  readonly report: string;
  readonly fate: Fate;
  readonly atMs: number;
}

export function drawReports(random: SeededRandom, lengthMs: number): WantedReport[] {
  return Array.from({ length: random.chance(0.5) ? random.integer(1, 2) : 0 }, (_none, index) => ({
    report: `report-${index}`,
    fate: (['easy', 'easy', 'refused', 'deadly'] as const)[random.integer(0, 3)] ?? 'easy',
    atMs: random.integer(0, lengthMs),
  }));
}

/** Asks until it is asked for. */
export async function requestReport(
  { time, random, trace }: World,
  slots: readonly Slot[],
  { report, fate, atMs }: WantedReport,
): Promise<void> {
  await time.sleep(atMs);
  for (;;) {
    const process = slots[random.integer(0, slots.length - 1)]?.current;
    const context = {
      ...{ workspace, actor: 'key:alice', at: time.at(time.now), commandId: `request-${report}` },
      ...{ correlationId: report, causationId: '' },
    };
    const asked = process?.execute(Object.assign(new RequestReport(), { report, fate }), context).then(
      () => true,
      () => false,
    );
    const done = await Promise.race([asked ?? false, time.sleep(3000).then(() => false)]);
    trace.add(`${time.now} ${report} ${fate} asked for: ${done}`);
    if (done) return;
    await time.sleep(200);
  }
}
