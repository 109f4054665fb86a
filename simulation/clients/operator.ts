import type { Slot } from '../slot.js';
import type { World } from '../world.js';
import { projections } from '../bank/read-models.js';

const patienceMs = 6000;

/** Whoever looks after the read models: has them rebuilt, goes back, retires what is old, and unparks, at any time. */
export class Operator {
  constructor(
    private readonly world: World,
    private readonly slots: readonly Slot[],
  ) {}

  async work(lengthMs: number): Promise<void> {
    const { time, random } = this.world;
    const busy = random.chance(0.4);
    while (time.now < lengthMs) {
      await time.sleep(random.integer(100, 1200));
      if (busy) await this.doOne();
      else if (random.chance(0.3)) await this.unpark();
    }
  }

  /** Has a read model made anew, and retires every other build of it once the new one serves. */
  async renew(): Promise<void> {
    const { time, random, store } = this.world;
    const name = projections[random.integer(0, 1)]?.name ?? '';
    const before = (await store.pointer(name))?.serving;
    await this.ask(`rebuild ${name}`, ({ operations }) => operations.rebuild(name));
    for (let looks = 0; looks < 40; looks++) {
      await time.sleep(500);
      const pointer = await store.pointer(name);
      if (!pointer || !before || pointer.serving.build === before.build) continue;
      await this.ask(`retire builds of ${name}`, async ({ operations }) => {
        const listed = (await operations.list()).find((one) => one.name === name);
        for (const build of listed?.builds ?? []) if (build.kept) await operations.retire(name, build);
      });
      return;
    }
  }

  /** Until nothing is parked any more, or it has been tried often enough. */
  async unparkAll(): Promise<void> {
    for (let tries = 0; tries < 20 && (await this.isParked()); tries++) {
      await this.unpark();
      await this.world.time.sleep(300);
    }
  }

  private async doOne(): Promise<void> {
    const { random } = this.world;
    const name = projections[random.integer(0, 1)]?.name ?? '';
    switch (random.integer(0, 4)) {
      case 0:
      case 1:
        return this.ask(`rebuild ${name}`, ({ operations }) => operations.rebuild(name));
      case 2:
        return this.ask(`rollback ${name}`, ({ operations }) => operations.rollback(name));
      case 3:
        return this.ask(`retire ${name}`, async ({ operations }) => {
          const listed = (await operations.list()).find((one) => one.name === name);
          const old = listed?.builds.find(({ kept }) => kept);
          if (old) await operations.retire(name, old);
        });
      default:
        return this.unpark();
    }
  }

  private unpark(): Promise<void> {
    return this.ask('unpark', async ({ operations }) => {
      for (const { name } of projections) await operations.unpark(name);
    });
  }

  private async isParked(): Promise<boolean> {
    const { store } = this.world;
    for (const projection of projections)
      for (const entry of (await store.pointer(projection.name))?.builds ?? []) {
        if (entry.state !== 'live') continue;
        const model = { ...projection, ...entry };
        if ((await store.unkeyed(model)).length > 0) return true;
        for await (const _parked of store.parked(model)) return true;
      }
    return false;
  }

  private async ask(
    what: string,
    work: (process: NonNullable<Slot['current']>) => Promise<unknown>,
  ): Promise<void> {
    const { time, random, trace } = this.world;
    const process = this.slots[random.integer(0, 1)]?.current;
    if (!process) return;
    const outcome = await Promise.race([
      work(process).then(
        () => 'done',
        (error: unknown) => (error instanceof Error ? error.name : 'failed'),
      ),
      time.sleep(patienceMs).then(() => 'no answer'),
    ]);
    trace.add(`${time.now} ${what}: ${outcome}`);
  }
}
