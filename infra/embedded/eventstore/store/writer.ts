import { type CommitDeadline } from './commit-deadline.js';
import { type LogRecord } from './record.js';
import { DiskFull, type Store } from './store.js';
import { type Ends, Transaction } from './transaction.js';

/** The store could not write; nothing of the transaction is in it. */
export class CommitFailed extends Error {
  override readonly name = 'CommitFailed';
}

/** The node is closing and takes no more writes. */
export class WriterClosed extends Error {
  override readonly name = 'WriterClosed';
}

interface Waiting {
  /** Decides the operation inside a transaction and returns what settles its caller. */
  decide(transaction: Transaction): () => void;
  fail(error: Error): void;
}

interface Decided {
  readonly settle: () => void;
  readonly fail: (error: Error) => void;
}

/** How much one commit takes, so that no caller waits for a giant one. */
const LARGEST_COMMIT = 4 * 1024 * 1024;

/**
 * Group commit. One transaction is under way at a time; what arrives meanwhile is decided together for the next, so
 * every decision rests on what is on the disk, or on what is written with it, and a failed commit leaves no trace.
 */
export class Writer {
  private queue: Waiting[] = [];
  private running: Promise<void> | undefined;
  private closed = false;
  private broken: CommitFailed | undefined;

  constructor(
    private readonly store: Store,
    private ends: Ends,
    private readonly deadline: CommitDeadline,
    private readonly onCommitted: (records: readonly LogRecord[]) => void,
  ) {}

  /** The position the next record gets. */
  get end(): number {
    return this.ends.position;
  }

  submit<Answer>(decide: (transaction: Transaction) => Answer): Promise<Answer> {
    if (this.closed) return Promise.reject(new WriterClosed('the node is closing'));
    if (this.broken) return Promise.reject(this.broken);
    return new Promise<Answer>((resolve, reject) => {
      this.queue.push({
        decide: (transaction) => {
          const answer = decide(transaction);
          return () => resolve(answer);
        },
        fail: reject,
      });
      this.running ??= this.run();
    });
  }

  /** Takes no more writes and waits for those it has. */
  async close(): Promise<void> {
    this.closed = true;
    await this.running;
  }

  /** Decides as many waiting operations as one commit takes; undefined when nothing may be committed. */
  private takeGroup(transaction: Transaction): Decided[] | undefined {
    const group: Decided[] = [];
    const waiting = this.queue;
    let taken = 0;
    try {
      for (const operation of waiting) {
        if (transaction.bytes >= LARGEST_COMMIT) break;
        taken++;
        const fail = (error: Error): void => operation.fail(error);
        group.push({ settle: operation.decide(transaction), fail });
      }
      return group;
    } catch (error) {
      // What threw may have left half of its writes in the transaction, so all of it is dropped.
      const failure = error instanceof Error ? error : new Error(String(error));
      for (const operation of waiting.slice(0, taken)) operation.fail(failure);
      return undefined;
    } finally {
      this.queue = waiting.slice(taken);
    }
  }

  private refuseFromNowOn(failure: CommitFailed): void {
    this.broken = failure;
    for (const operation of this.queue.splice(0)) operation.fail(failure);
  }

  private async run(): Promise<void> {
    // The rest of the event turn may bring more appends for the same commit.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.queue.length > 0) await this.commitNext();
    this.running = undefined;
  }

  private async commitNext(): Promise<void> {
    this.store.refresh();
    const transaction = new Transaction(this.store, this.ends, Date.now());
    const group = this.takeGroup(transaction);
    if (!group) return;
    try {
      if (!transaction.isEmpty) await this.deadline.guard(this.store.commit(transaction.writes()));
    } catch (error) {
      const failure = new CommitFailed(`the event store could not write: ${await reasonOf(error)}`);
      for (const { fail } of group) fail(failure);
      // After a write that failed in the middle nothing is sure but what is on the disk: reading goes on, writing ends.
      if (error instanceof DiskFull) return;
      this.refuseFromNowOn(failure);
      // A reader must never be told that there is nothing.
      if (!this.store.isReadable()) this.deadline.giveUp(failure);
      return;
    }
    if (!transaction.isEmpty) {
      this.ends = transaction.ends;
      this.store.refresh();
      this.onCommitted(transaction.records);
    }
    for (const { settle } of group) settle();
  }
}

/** LMDB hides the cause of a failed commit in a second promise, which must not be left unhandled. */
async function reasonOf(error: unknown): Promise<string> {
  if (!(error instanceof Error)) return String(error);
  if (!('commitError' in error)) return error.message;
  try {
    await error.commitError;
    return error.message;
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause);
  }
}
