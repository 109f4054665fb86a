import { fork, type ChildProcess } from 'node:child_process';
import { ComputationLost, type ComputationReply, type ComputationRequest } from './computation.js';

export type FinalReply = Exclude<ComputationReply, { readonly kind: 'progress' }>;

interface Asked {
  readonly onProgress: ((progress: object) => void) | undefined;
  readonly resolve: (reply: FinalReply) => void;
  readonly reject: (error: Error) => void;
}

/** A process that computes, one request after another; while it has none, it keeps nobody's program from ending. */
export class ComputationChild {
  private readonly process: ChildProcess;
  private asked: Asked | undefined;
  private ended = false;

  /** @param entry the compiled program that calls `serveComputation` */
  constructor(entry: string) {
    // Loader flags of the parent, a test runner's for one, are not the computation's.
    this.process = fork(entry, {
      execArgv: [],
      env: withoutNodeOptions(),
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.process.on('message', (message) => this.answered(message as ComputationReply));
    // More than one may come, and one that nobody hears ends this process.
    this.process.on('error', (error) => this.lost(error));
    this.process.once('exit', (code, signal) => {
      const end = `the process that computed ended with ${signal ?? String(code)}`;
      this.lost(new ComputationLost('job.lost', end));
    });
  }

  get hasEnded(): boolean {
    return this.ended;
  }

  /**
   * One at a time.
   *
   * @throws ComputationLost when its process ends before it has answered
   */
  ask(request: ComputationRequest, onProgress?: (progress: object) => void): Promise<FinalReply> {
    return new Promise((resolve, reject) => {
      this.asked = { onProgress, resolve, reject };
      this.process.ref();
      this.process.channel?.ref();
      // What goes wrong with the sending is told by the end of the process.
      this.process.send(request, () => undefined);
    });
  }

  end(): void {
    this.ended = true;
    this.process.kill('SIGKILL');
  }

  private answered(reply: ComputationReply): void {
    if (reply.kind === 'progress') this.asked?.onProgress?.(reply.progress);
    else {
      this.process.unref();
      this.process.channel?.unref();
      this.taken()?.resolve(reply);
    }
  }

  private lost(error: Error): void {
    this.ended = true;
    this.taken()?.reject(error);
  }

  private taken(): Asked | undefined {
    const { asked } = this;
    this.asked = undefined;
    return asked;
  }
}

function withoutNodeOptions(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _options, ...environment } = process.env;
  return environment;
}
