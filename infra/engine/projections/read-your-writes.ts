import { Unavailable } from '../../../domain/kernel/errors.js';
import type { ReadModelStore, ReadModelVersion } from '../../../domain/kernel/ports/read-model-store.js';
import { appliedOf } from './positions.js';
import type { Projector } from './projector.js';
import { ServingBuilds } from './serving-builds.js';

export interface WaitOptions {
  readonly store: ReadModelStore;
  /** Present where the projector runs in this process: then nothing is polled that is worked here. */
  readonly projector?: Projector;
  readonly deadlineMs?: number;
}

const pollEveryMs = 20;
const soonMs = 2000;

/** Lets a query wait until the build that it reads has applied a position (rule P6). */
export class ReadYourWrites {
  readonly builds: ServingBuilds;
  private readonly deadlineMs: number;

  constructor(private readonly options: WaitOptions) {
    this.builds = new ServingBuilds(options.store);
    this.deadlineMs = options.deadlineMs ?? 5000;
  }

  /**
   * @param model without the number of a build: the one that serves
   * @throws Unavailable `read-model.behind` with the position applied, once the deadline has passed
   */
  async waitFor(model: ReadModelVersion, position: bigint): Promise<void> {
    const build = await this.resolved(model);
    if (await this.reaches(build, position, this.deadlineMs)) return;
    const applied = await this.applied(build);
    throw new Unavailable('read-model.behind', `${model.name} has not applied that position yet; ask again`, {
      readModel: model.name,
      after: position.toString(),
      applied: applied?.toString() ?? null,
    });
  }

  /** Waits as long as a person would not notice much; then what there is must do. */
  async waitIfSoon(model: ReadModelVersion, position: bigint): Promise<void> {
    await this.reaches(await this.resolved(model), position, Math.min(soonMs, this.deadlineMs));
  }

  private async resolved(model: ReadModelVersion): Promise<ReadModelVersion> {
    return model.build === undefined ? this.builds.of(model) : model;
  }

  private async reaches(build: ReadModelVersion, position: bigint, withinMs: number): Promise<boolean> {
    const deadline = Date.now() + withinMs;
    for (;;) {
      const applied = await this.applied(build);
      if (applied !== undefined && applied >= position) return true;
      const left = deadline - Date.now();
      if (left <= 0) return false;
      await this.progress(build, position, left);
    }
  }

  private async applied(build: ReadModelVersion): Promise<bigint | undefined> {
    const { projector, store } = this.options;
    return projector?.runs(build) ? projector.appliedTo(build) : appliedOf(await store.checkpoints(build));
  }

  private progress(build: ReadModelVersion, position: bigint, atMostMs: number): Promise<void> {
    const { projector } = this.options;
    const here = projector?.runs(build);
    return new Promise((resume) => {
      const timer = setTimeout(done, here ? atMostMs : Math.min(pollEveryMs, atMostMs));
      const forget = here ? projector?.onApplied(done) : undefined;
      // What was applied between the look and the listening calls nobody.
      if ((projector?.appliedTo(build) ?? -1n) >= position) done();
      function done(): void {
        clearTimeout(timer);
        forget?.();
        resume();
      }
    });
  }
}
