/** A commit that does not settle in time ends the process: LMDB would never settle another one. */
export class CommitDeadline {
  constructor(
    private readonly milliseconds: number,
    private readonly onFatal: (reason: Error) => void,
  ) {}

  /** The store is beyond help in this process. */
  giveUp(reason: Error): void {
    this.onFatal(reason);
  }

  async guard<Result>(commit: Promise<Result>): Promise<Result> {
    const timer = setTimeout(() => {
      this.onFatal(new Error(`a commit of the event store did not finish within ${this.milliseconds} ms`));
    }, this.milliseconds);
    try {
      return await commit;
    } finally {
      clearTimeout(timer);
    }
  }
}

/** SIGKILL, because an orderly exit would wait for the very commit that hangs. */
export function endProcess(): void {
  process.kill(process.pid, 'SIGKILL');
}
