import { Unavailable } from '../../../domain/kernel/errors.js';
import type { ReadModelStore, ReadModelVersion } from '../../../domain/kernel/ports/read-model-store.js';
import { appliedOf } from './projection-runner.js';
import type { Projector } from './projector.js';

export interface WaitOptions {
  readonly store: ReadModelStore;
  /** Present where the projector runs in this process: then nothing is polled. */
  readonly projector?: Projector;
  readonly deadlineMs?: number;
}

const pollEveryMs = 20;
const soonMs = 2000;

/** Lets a query wait until its read model has applied a position (rule P6). */
export class ReadYourWrites {
  private readonly deadlineMs: number;

  constructor(private readonly options: WaitOptions) {
    this.deadlineMs = options.deadlineMs ?? 5000;
  }

  /** @throws Unavailable `read-model.behind` with the position applied, once the deadline has passed */
  async waitFor(model: ReadModelVersion, position: bigint): Promise<void> {
    if (await this.reaches(model, position, this.deadlineMs)) return;
    const applied = await this.applied(model);
    throw new Unavailable('read-model.behind', `${model.name} has not applied that position yet; ask again`, {
      readModel: model.name,
      after: position.toString(),
      applied: applied?.toString() ?? null,
    });
  }

  /** Waits as long as a person would not notice much; then what there is must do. */
  async waitIfSoon(model: ReadModelVersion, position: bigint): Promise<void> {
    await this.reaches(model, position, Math.min(soonMs, this.deadlineMs));
  }

  private async reaches(model: ReadModelVersion, position: bigint, withinMs: number): Promise<boolean> {
    const deadline = Date.now() + withinMs;
    for (;;) {
      const applied = await this.applied(model);
      if (applied !== undefined && applied >= position) return true;
      const left = deadline - Date.now();
      if (left <= 0) return false;
      await this.progress(model, position, left);
    }
  }

  private async applied(model: ReadModelVersion): Promise<bigint | undefined> {
    const { projector, store } = this.options;
    return projector?.runs(model) ? projector.appliedTo(model) : appliedOf(await store.checkpoints(model));
  }

  private progress(model: ReadModelVersion, position: bigint, atMostMs: number): Promise<void> {
    const { projector } = this.options;
    const here = projector?.runs(model);
    return new Promise((resume) => {
      const timer = setTimeout(done, here ? atMostMs : Math.min(pollEveryMs, atMostMs));
      const forget = here ? projector?.onApplied(done) : undefined;
      // What was applied between the look and the listening calls nobody.
      if ((projector?.appliedTo(model) ?? -1n) >= position) done();
      function done(): void {
        clearTimeout(timer);
        forget?.();
        resume();
      }
    });
  }
}
