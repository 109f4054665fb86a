import { fork, type ChildProcess } from 'node:child_process';

/** A process of its own that answers one message after another. */
export class ChildProgram {
  private constructor(private readonly child: ChildProcess) {}

  /** @param execArgv options of Node's own */
  static start(entry: string, execArgv: readonly string[] = []): ChildProgram {
    return new ChildProgram(
      fork(entry, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], execArgv: [...execArgv] }),
    );
  }

  get processId(): number {
    return this.child.pid ?? 0;
  }

  /** @throws Error when the program ends instead of answering */
  ask<Reply>(message: object): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const onExit = (code: number | null): void =>
        reject(new Error(`a program of the benchmark ended with ${code}`));
      this.child.once('exit', onExit);
      this.child.once('message', (reply) => {
        this.child.off('exit', onExit);
        resolve(reply as Reply);
      });
      this.child.send(message);
    });
  }

  /** Ends it without a warning, as a crash would. */
  async kill(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGKILL');
    await ended;
  }

  /** Lets it end by itself; it does when its channel closes. */
  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.disconnect();
    await ended;
  }
}

type Answer = { bivariant(message: object): Promise<object> }['bivariant'];

/** The other side: answers each message with what `answer` gives, and ends with its parent. */
export function answerMessages(answer: Answer): void {
  process.on('disconnect', () => process.exit());
  process.on('message', (message) => {
    void answer(message as object).then((reply) => process.send?.(reply));
  });
}
