import type {
  Checkpoint,
  DocumentKey,
  ReadModelStore,
  ReadModelVersion,
  StoredDocument,
} from '../../../../domain/kernel/ports/read-model-store.js';
import { WrappedStore } from './wrapped-store.js';

type Step = 'load' | 'write' | 'replace' | 'saveCheckpoint';

/** The store of a process that is killed at its nth step: before it reaches the store, or before the answer does. */
export class DyingStore extends WrappedStore {
  dead = false;
  private steps = 0;

  constructor(
    inner: ReadModelStore,
    private readonly dies: (step: Step, nth: number) => 'before' | 'after' | 'not',
  ) {
    super(inner);
  }

  override load(model: ReadModelVersion, keys: readonly DocumentKey[]): Promise<readonly StoredDocument[]> {
    return this.step('load', () => super.load(model, keys));
  }

  override write(...written: Parameters<ReadModelStore['write']>): Promise<readonly DocumentKey[]> {
    return this.step('write', () => super.write(...written));
  }

  override replace(...replaced: Parameters<ReadModelStore['replace']>): Promise<boolean> {
    return this.step('replace', () => super.replace(...replaced));
  }

  override saveCheckpoint(model: ReadModelVersion, checkpoint: Checkpoint): Promise<boolean> {
    return this.step('saveCheckpoint', () => super.saveCheckpoint(model, checkpoint));
  }

  private async step<Result>(step: Step, work: () => Promise<Result>): Promise<Result> {
    const fate = this.dead ? 'before' : this.dies(step, ++this.steps);
    this.dead ||= fate === 'before';
    if (this.dead) throw new Error('this process was killed');
    const result = await work();
    this.dead ||= fate === 'after';
    if (this.dead) throw new Error('this process was killed');
    return result;
  }
}

/** A store that is away for a while, wholly or for some of its steps. */
export class FailingStore extends WrappedStore {
  failing: readonly Step[] = [];
  refusals = 0;

  override async load(
    model: ReadModelVersion,
    keys: readonly DocumentKey[],
  ): Promise<readonly StoredDocument[]> {
    this.check('load');
    return super.load(model, keys);
  }

  override async write(...written: Parameters<ReadModelStore['write']>): Promise<readonly DocumentKey[]> {
    this.check('write');
    return super.write(...written);
  }

  override async saveCheckpoint(model: ReadModelVersion, checkpoint: Checkpoint): Promise<boolean> {
    this.check('saveCheckpoint');
    return super.saveCheckpoint(model, checkpoint);
  }

  private check(step: Step): void {
    if (!this.failing.includes(step)) return;
    this.refusals++;
    throw new Error('the store is away');
  }
}

/** The store of a process that falls asleep before a write, and wakes up when others have gone on. */
export class SleepyStore extends WrappedStore {
  asleep = false;
  private wake: () => void = () => undefined;
  private readonly woken = new Promise<void>((resume) => (this.wake = resume));

  override async write(...written: Parameters<ReadModelStore['write']>): Promise<readonly DocumentKey[]> {
    await this.sleep();
    return super.write(...written);
  }

  override async replace(...replaced: Parameters<ReadModelStore['replace']>): Promise<boolean> {
    await this.sleep();
    return super.replace(...replaced);
  }

  override async parkUnkeyed(...parked: Parameters<ReadModelStore['parkUnkeyed']>): Promise<void> {
    await this.sleep();
    return super.parkUnkeyed(...parked);
  }

  wakeUp(): void {
    this.wake();
  }

  private async sleep(): Promise<void> {
    this.asleep = true;
    await this.woken;
  }
}
