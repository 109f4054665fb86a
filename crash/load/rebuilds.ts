import type { Logger } from 'pino';
import { projections } from '../../apps/config/contexts.js';
import type { Stores } from '../../apps/cli/stores.js';
import { Rejected, Unavailable } from '../../domain/kernel/errors.js';
import type { SeededRandom } from '../../infra/embedded/crash/random.js';
import { ReadModelOperations } from '../../infra/engine/projections/operations.js';
import { pause } from '../../infra/system/pause.js';

const restMs = [300, 2500] as const;
const servesWithinMs = 5000;
const lookMs = 200;

/** Lends the stores of the running platform; undefined while none runs. */
export type LendStores = (work: (stores: Stores) => Promise<void>) => Promise<void>;

/** Somebody who rebuilds read models, one after another, and retires what they replaced. */
export class Rebuilds {
  /** How many were asked for. */
  asked = 0;

  constructor(
    private readonly lend: LendStores,
    private readonly logger: Logger,
  ) {}

  async run(random: SeededRandom, stopping: AbortSignal): Promise<void> {
    for (;;) {
      await pause(random.integer(...restMs), stopping);
      const name = projections[random.integer(0, projections.length - 1)]?.name;
      if (stopping.aborted || name === undefined) return;
      try {
        await this.lend((stores) => this.rebuild(stores, name));
      } catch (error) {
        // The platform died under it, or somebody else's build of it is being filled.
        if (!(error instanceof Unavailable || error instanceof Rejected)) throw error;
      }
    }
  }

  private async rebuild(stores: Stores, name: string): Promise<void> {
    const operations = new ReadModelOperations({ ...stores, projections, logger: this.logger });
    await operations.rebuild(name);
    this.asked++;
    const giveUpAt = performance.now() + servesWithinMs;
    while (performance.now() < giveUpAt) {
      await pause(lookMs);
      const builds = (await operations.list()).find((one) => one.name === name)?.builds ?? [];
      if (builds.some(({ state }) => state === 'filling')) continue;
      const kept = builds.filter((one) => one.kept);
      await Promise.all(kept.map(({ version, build }) => operations.retire(name, { version, build })));
      return;
    }
  }
}
