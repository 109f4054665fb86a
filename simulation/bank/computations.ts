import { Rejected } from '../../domain/kernel/errors.js';
import { ComputationLost } from '../../infra/engine/jobs/computation.js';
import type { World } from '../world.js';
import type { Fate } from './report.js';

/** What a worker computes with: it takes time, gets lost, refuses, or kills the worker. */
export class SimulatedPool {
  private stopped = false;
  private readonly stopping: Promise<never>;
  private fail: (lost: ComputationLost) => void = () => undefined;

  constructor(
    private readonly world: World,
    private readonly crash: () => Promise<void>,
  ) {
    this.stopping = new Promise<never>((_resolve, reject) => (this.fail = reject));
    // Without a computation under way nobody hears it.
    this.stopping.catch(() => undefined);
  }

  async run(_name: string, input: object): Promise<object> {
    if (this.stopped) throw new ComputationLost('job.lost', 'the worker stops');
    return Promise.race([this.compute(input as { report: string; fate: Fate }), this.stopping]);
  }

  stop(): void {
    this.stopped = true;
    this.fail(new ComputationLost('job.lost', 'the worker stops'));
  }

  private async compute({ report, fate }: { report: string; fate: Fate }): Promise<object> {
    const { time, random, weather, jobs } = this.world;
    jobs.begun(report);
    await time.sleep(random.integer(5, 1500));
    if (random.chance(weather.lost)) throw new ComputationLost('job.lost', 'the computation was killed');
    if (fate === 'refused') throw new Rejected('report.refused', 'it cannot be computed');
    if (fate === 'deadly' && !this.stopped) {
      jobs.killed(report);
      void this.crash();
      await new Promise(() => undefined);
    }
    return { text: `the report ${report}` };
  }
}
