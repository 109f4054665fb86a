import { fork, type ChildProcess } from 'node:child_process';
import { portTakenExitCode, type FromChild, type ToChild } from './child.js';

export interface SupervisedOptions<Start, Ready> {
  readonly entry: string;
  readonly start: () => Start;
  /** Called at every start, the first and those after a death. */
  readonly onReady: (ready: Ready) => void;
  readonly onDeath: (how: string, restartMs: number) => void;
  /** Called before it is started again, when somebody else listens by now where it did. */
  readonly onPortTaken?: () => void;
}

const firstRestartMs = 100;
const lastRestartMs = 5000;
/** Whoever ran this long died of something new. */
const stableMs = 10_000;
const stopWithinMs = 15_000;

/** A child process that is started again whenever it dies. */
export class SupervisedChild<Start, Ready> {
  private child: ChildProcess | undefined;
  private restartMs = firstRestartMs;
  private stopping = false;
  /** It was ready once; from then on it is started again whenever it dies. */
  private started = false;
  private restart: NodeJS.Timeout | undefined;

  constructor(private readonly options: SupervisedOptions<Start, Ready>) {}

  get processId(): number | undefined {
    return this.child?.pid;
  }

  /**
   * Lets it load its program while others start, which takes longer than all the rest. It does nothing until it is
   * started.
   */
  prepare(): void {
    this.child ??= this.spawn();
  }

  /** Resolves at the first start that succeeds; rejects when the very first one fails. */
  start(): Promise<void> {
    return new Promise((resolve, reject) => this.launch(resolve, reject));
  }

  /** Ends it without a warning, so that it is started again, with what it is told by then. */
  startAgain(): void {
    this.child?.kill('SIGKILL');
  }

  /** Lets it end what it does; past a deadline it is killed. */
  async stop(): Promise<void> {
    this.stopping = true;
    clearTimeout(this.restart);
    const { child } = this;
    if (!child || !isAlive(child)) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.send({ kind: 'stop' } satisfies ToChild<Start>, () => undefined);
    const killer = setTimeout(() => child.kill('SIGKILL'), stopWithinMs);
    await ended;
    clearTimeout(killer);
  }

  private launch(onFirst: () => void, onFailure: (error: Error) => void): void {
    const startedAt = Date.now();
    // One that was prepared and ended is no use; why it did, the next one shows.
    const child = this.child && isAlive(this.child) ? this.child : this.spawn();
    this.child = child;
    child.on('message', (message) => {
      const { ready } = message as FromChild<Ready>;
      this.started = true;
      this.options.onReady(ready);
      onFirst();
    });
    child.once('exit', (code, signal) => {
      if (this.stopping) return;
      const how = signal ?? `exit code ${String(code)}`;
      if (!this.started) {
        onFailure(new Error(`Axion did not start: ${how}`));
        return;
      }
      if (Date.now() - startedAt > stableMs) this.restartMs = firstRestartMs;
      this.options.onDeath(how, this.restartMs);
      if (code === portTakenExitCode) this.options.onPortTaken?.();
      this.restart = setTimeout(() => this.launch(onFirst, () => undefined), this.restartMs);
      this.restartMs = Math.min(this.restartMs * 2, lastRestartMs);
    });
    child.send({ kind: 'start', start: this.options.start() } satisfies ToChild<Start>, () => undefined);
  }

  private spawn(): ChildProcess {
    return fork(this.options.entry, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], execArgv: [] });
  }
}

function isAlive({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}
