import { Rejected } from '../../../domain/kernel/errors.js';
import { ComputationChild, type FinalReply } from './computation-child.js';
import {
  ComputationHindered,
  ComputationLost,
  type ComputationRequest,
  type ComputationSources,
} from './computation.js';

export interface ComputationPoolOptions {
  /** The compiled program that calls `serveComputation`. */
  readonly entry: string;
  readonly objectsDirectory: string;
  /** What computations may read beside the objects. */
  readonly sources?: ComputationSources;
  /** So many at once; others wait. Default 2. */
  readonly atOnce?: number;
  /** A process that has nothing to compute for so long is ended. Default 10,000 ms. */
  readonly idleMs?: number;
}

/**
 * The parent's side: processes of their own for computations, so that no request waits for one. A process that is still
 * small serves the next computation too: most of them take less time than a process takes to start.
 */
export class ComputationPool {
  /** How many it computes at once. */
  readonly places: number;
  private readonly running = new Set<ComputationChild>();
  /** Processes without work, each with what ends it. */
  private readonly idle = new Map<ComputationChild, NodeJS.Timeout>();
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
   * @throws ComputationHindered when a store that it reads does not answer
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
      if (reply.kind === 'hindered') throw new ComputationHindered(reply.code, reply.message);
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
    for (const child of this.running) child.end();
    for (const child of this.idle.keys()) this.taken(child).end();
    for (const resume of this.waiting.splice(0)) resume();
  }

  private async ask(
    request: ComputationRequest,
    onProgress: ((progress: object) => void) | undefined,
  ): Promise<FinalReply> {
    const child = this.child();
    this.running.add(child);
    try {
      const reply = await child.ask(request, onProgress);
      if (reply.isSpent || this.stopped) child.end();
      else this.rest(child);
      return reply;
    } finally {
      this.running.delete(child);
    }
  }

  private child(): ComputationChild {
    for (const child of this.idle.keys()) if (!this.taken(child).hasEnded) return child;
    return new ComputationChild(this.options.entry);
  }

  private rest(child: ComputationChild): void {
    const ending = setTimeout(() => this.taken(child).end(), this.options.idleMs ?? 10_000);
    this.idle.set(child, ending.unref());
  }

  private taken(child: ComputationChild): ComputationChild {
    clearTimeout(this.idle.get(child));
    this.idle.delete(child);
    return child;
  }
}

/** What went wrong inside is for the log; clients learn that it may go better next time. */
function lost(inside: string): ComputationLost {
  return Object.assign(new ComputationLost('job.lost', 'it could not be computed this time; try again'), {
    cause: inside,
  });
}
