import { type GroupSettings } from './definition.js';
import { type GroupJournal } from './group-journal.js';
import { type Progress } from './unfinished.js';

/** Decides when the progress of a group is written down, as the server does. */
export class Checkpoints {
  private writtenCount = 0;
  private writtenAt = -Infinity;
  private isWriting = false;
  private isStopped = false;
  private newest: Progress | undefined;

  constructor(
    private readonly journal: GroupJournal,
    private readonly settings: GroupSettings,
    private written: number | undefined,
  ) {}

  /** The place last written down. */
  get last(): number | undefined {
    return this.written;
  }

  /** What is being written is; nothing more is. */
  stop(): void {
    this.isStopped = true;
  }

  /** @param isTimeCheck whether the clock asks, which makes the lower bound count */
  consider(progress: Progress, isTimeCheck: boolean): void {
    const { count, cursor } = progress;
    this.newest = progress;
    const { minCheckpointCount, maxCheckpointCount, checkpointAfter } = this.settings;
    const difference = count - this.writtenCount;
    if (this.isStopped || this.isWriting || difference === 0) return;
    const isDue = checkpointAfter > 0 && performance.now() - this.writtenAt >= checkpointAfter;
    const isForced = difference >= maxCheckpointCount;
    if (!isForced && !(isTimeCheck && isDue && difference >= minCheckpointCount)) return;
    this.isWriting = true;
    this.journal.saveCheckpoint(cursor).then(
      () => {
        this.isWriting = false;
        this.writtenAt = performance.now();
        this.writtenCount = count;
        this.written = cursor;
        if (this.newest) this.consider(this.newest, false);
      },
      // What is not written is tried again with the next tick of the clock.
      () => (this.isWriting = false),
    );
  }
}
