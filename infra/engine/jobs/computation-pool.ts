import { fork, type ChildProcess } from 'node:child_process';
import { Rejected, Unavailable } from '../../../domain/kernel/errors.js';
import type { ComputationReply, ComputationRequest, ComputationSources } from './computation.js';

export interface ComputationPoolOptions {
  /** The compiled program that calls `serveComputation`. */
  readonly entry: string;
  readonly objectsDirectory: string;
  /** What computations may read beside the objects. */
  readonly sources?: ComputationSources;
  /** So many at once; others wait. Default 2. */
  readonly atOnce?: number;
}

type FinalReply = Exclude<ComputationReply, { readonly kind: 'progress' }>;

/** The process that computed ended without an answer, or could not do it this time: it may be tried again. */
export class ComputationLost extends Unavailable {}

/** The parent's side: a process of its own for each computation, so that no request waits for one. */
export class ComputationPool {
  /** How many it computes at once. */
  readonly places: number;
  private readonly running = new Set<ChildProcess>();
  private readonly waiting: (() => void)[] = [];
  private free: number;
  private stopped = false;

  constructor(private readonly options: ComputationPoolOptions) {
    this.places = options.atOnce ?? 2;
    this.free = this.places;
  }

  /**
   * @param onProgress told what the computation says of how far it is
   * @param givenUp what still waits for a place when it aborts is not begun: a queue of work that nobody wants would
   *   keep those waiting who do
   * @throws Rejected what the computation refused, with its own code
   * @throws ComputationLost when its process was killed, the pool stopped, or it was given up before it began
   */
  async run(
    name: string,
    input: object,
    onProgress?: (progress: object) => void,
    givenUp?: AbortSignal,
  ): Promise<object> {
    if (this.free > 0) this.free--;
    else await new Promise<void>((resume) => this.waiting.push(resume));
    try {
      if (givenUp?.aborted) throw new ComputationLost('job.given-up', 'nobody waits for it any longer');
      if (this.stopped) throw new ComputationLost('job.lost', 'the worker stops');
      const { objectsDirectory, sources = {} } = this.options;
      const reply = await this.ask({ name, input, objectsDirectory, sources }, onProgress);
      if (reply.kind === 'failed') throw lost(reply.message);
      if (reply.kind === 'refused') throw new Rejected(reply.code, reply.message, reply.details);
      return reply.output;
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.free++;
    }
  }

  /** Ends what runs; it is begun again by whoever works next. */
  stop(): void {
    this.stopped = true;
    for (const child of this.running) child.kill('SIGKILL');
    for (const resume of this.waiting.splice(0)) resume();
  }

  private ask(
    request: ComputationRequest,
    onProgress: ((progress: object) => void) | undefined,
  ): Promise<FinalReply> {
    return new Promise((resolve, reject) => {
      // Loader flags of the parent, a test runner's for one, are not the computation's.
      const child = fork(this.options.entry, {
        execArgv: [],
        env: withoutNodeOptions(),
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      });
      this.running.add(child);
      child.on('message', (message) => {
        const reply = message as ComputationReply;
        if (reply.kind === 'progress') onProgress?.(reply.progress);
        else resolve(reply);
      });
      // More than one may come, and one that nobody hears ends this process.
      child.on('error', reject);
      child.once('exit', (code, signal) => {
        this.running.delete(child);
        reject(
          new ComputationLost('job.lost', `the process that computed ended with ${signal ?? String(code)}`),
        );
      });
      child.send(request);
    });
  }
}

function withoutNodeOptions(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _options, ...environment } = process.env;
  return environment;
}

/** What went wrong inside is for the log; clients learn that it may go better next time. */
function lost(inside: string): ComputationLost {
  return Object.assign(new ComputationLost('job.lost', 'it could not be computed this time; try again'), {
    cause: inside,
  });
}
