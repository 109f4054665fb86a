import { type RootDatabase } from 'lmdb';
import { CommandError } from '../errors.js';

interface Job {
  /** Runs inside the transaction; what it returns hands the result over once the transaction is on disk. */
  readonly run: () => () => void;
  readonly reject: (reason: unknown) => void;
}

export interface CommitQueueOptions {
  readonly commitTimeoutMs: number;
  readonly onFatal: (reason: Error) => void;
  /** Runs the work of a transaction, so that memory can show it what it changes; what it throws ends the transaction. */
  readonly whileWriting: (work: () => void) => void;
  /** Called when a transaction is on disk, before anybody hears of it. */
  readonly onCommitted: () => void;
  /** Asked after a commit that failed in the middle. */
  readonly isReadable: () => boolean;
  /** Called when a transaction was thrown away, so that what memory knows of it can be forgotten. */
  readonly onAborted: () => void;
}

/**
 * Group commit: whatever was submitted while the last transaction was being synced goes into the next one.
 * Invariant: a job's promise settles with a result only after its transaction was committed and synced;
 * `overlappingSync` is off, so LMDB's promise means exactly that.
 */
export class CommitQueue {
  private waiting: Job[] = [];
  private running: Promise<void> | undefined;
  private scheduled = false;
  private broken: CommandError | undefined;

  constructor(
    private readonly environment: Pick<RootDatabase<Buffer, Buffer>, 'childTransaction'>,
    private readonly options: CommitQueueOptions,
  ) {}

  /** The work reads and writes the store synchronously; a CommandError it throws is its own and harms no other. */
  submit<Result>(work: () => Result): Promise<Result> {
    if (this.broken) return Promise.reject(this.broken);
    return new Promise<Result>((resolve, reject) => {
      this.waiting.push({
        run: () => {
          const result = work();
          return () => {
            resolve(result);
          };
        },
        reject,
      });
      this.schedule();
    });
  }

  async drain(): Promise<void> {
    while (this.running !== undefined || this.waiting.length > 0) {
      await (this.running ?? new Promise((resolve) => setImmediate(resolve)));
    }
  }

  private schedule(): void {
    if (this.scheduled || this.running !== undefined) return;
    this.scheduled = true;
    // One turn of the event loop gathers the commands that arrived together.
    setImmediate(() => {
      this.scheduled = false;
      this.running = this.commit().finally(() => {
        this.running = undefined;
        if (this.waiting.length > 0) this.schedule();
      });
    });
  }

  private async commit(): Promise<void> {
    const jobs = this.waiting;
    this.waiting = [];
    const settlements: (() => void)[] = [];
    const disarm = this.armDeadline();
    try {
      // A child transaction, because only that is rolled back when something unforeseen is thrown.
      await this.environment.childTransaction(() => {
        this.options.whileWriting(() => {
          for (const job of jobs) settlements.push(runJob(job));
        });
      });
      this.options.onCommitted();
      for (const settle of settlements) settle();
    } catch (error) {
      this.options.onAborted();
      const reason = await this.reasonOf(error);
      for (const job of jobs) job.reject(reason);
    } finally {
      disarm();
    }
  }

  /**
   * A write that failed in the middle leaves nothing sure but what is on the disk: reading goes on, writing ends.
   * LMDB hides the cause in a second promise, which must not be left unhandled.
   */
  private async reasonOf(error: unknown): Promise<unknown> {
    if (!(error instanceof Error) || !('commitError' in error)) return error;
    const cause: unknown = await Promise.resolve(error.commitError).then(
      () => error,
      (hidden: unknown) => hidden,
    );
    const words = cause instanceof Error ? cause.message : String(cause);
    this.broken = new CommandError('InternalError', `the store could not write: ${words}`);
    for (const job of this.waiting.splice(0)) job.reject(this.broken);
    // A reader must never be told that there is nothing.
    if (!this.options.isReadable()) this.options.onFatal(this.broken);
    return this.broken;
  }

  /** After a failed meta-page write LMDB's promises never settle: past the deadline only a fresh process helps. */
  private armDeadline(): () => void {
    const { commitTimeoutMs, onFatal } = this.options;
    let again: NodeJS.Timeout | undefined;
    const timer = setTimeout(() => {
      // The loop itself may have been busy: the commit gets one more look before it counts as lost.
      again = setTimeout(() => {
        onFatal(new Error(`a commit did not finish within ${commitTimeoutMs} ms`));
      }, 50);
    }, commitTimeoutMs);
    return () => {
      clearTimeout(timer);
      clearTimeout(again);
    };
  }
}

function runJob(job: Job): () => void {
  try {
    return job.run();
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return () => {
      job.reject(error);
    };
  }
}
