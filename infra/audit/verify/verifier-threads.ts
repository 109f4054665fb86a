import { Worker } from 'node:worker_threads';
import { InvariantBroken, Unavailable, messageOf } from '../../../domain/kernel/errors.js';
import type { Segment } from './segment.js';
import type { SegmentOutcome, SegmentVerifier } from './segment-outcome.js';
import type { SegmentReply, SegmentRequest, SegmentSources } from './segment-thread.js';

export interface VerifierThreadsOptions {
  /** The compiled program that calls `serveSegments`. */
  readonly entry: string;
  /** Threads. */
  readonly places: number;
  readonly sources: SegmentSources;
  /** A thread that needs more is ended, and the verification with it, rather than the machine. Default 1,024. */
  readonly mostHeapMiB?: number;
}

/** A thread that verified ended before it answered. */
export class VerifierLost extends Unavailable {
  constructor(how: string) {
    super('audit.verifier-lost', `a thread that verified a part of the log ended: ${how}`);
  }
}

interface Asked {
  readonly request: SegmentRequest;
  readonly resolve: (outcome: SegmentOutcome) => void;
  readonly reject: (error: Error) => void;
}

/** Verifies segments in threads of this process, which end with it. */
export class VerifierThreads implements SegmentVerifier {
  readonly places: number;
  private readonly threads: Worker[];
  private readonly idle: Worker[];
  private readonly waiting: Asked[] = [];
  private readonly working = new Map<Worker, Asked>();
  private lost: Error | undefined;

  constructor({ entry, places, sources, mostHeapMiB = 1024 }: VerifierThreadsOptions) {
    this.places = places;
    // Loader flags of the parent, a test runner's for one, are not the thread's.
    const limits = { execArgv: [], resourceLimits: { maxOldGenerationSizeMb: mostHeapMiB } };
    this.threads = Array.from(
      { length: places },
      () => new Worker(entry, { ...limits, workerData: sources }),
    );
    this.idle = [...this.threads];
    for (const thread of this.threads) {
      thread.on('message', (reply: SegmentReply) => this.answered(thread, reply));
      thread.on('error', (error) => this.lose(messageOf(error)));
      thread.on('exit', (code) => this.lose(`exit code ${code}`));
    }
  }

  verify(segment: Segment, origin: string | undefined): Promise<SegmentOutcome> {
    return new Promise((resolve, reject) => {
      if (this.lost) {
        reject(this.lost);
        return;
      }
      this.waiting.push({ request: { segment, origin }, resolve, reject });
      this.handOut();
    });
  }

  /** Ends the threads, whatever they do. */
  async stop(): Promise<void> {
    this.lose('it was stopped');
    await Promise.all(this.threads.map((thread) => thread.terminate()));
  }

  private handOut(): void {
    for (;;) {
      const [thread, asked] = [this.idle[0], this.waiting[0]];
      if (!thread || !asked) return;
      this.idle.shift();
      this.waiting.shift();
      this.working.set(thread, asked);
      thread.postMessage(asked.request);
    }
  }

  private answered(thread: Worker, reply: SegmentReply): void {
    const asked = this.working.get(thread);
    this.working.delete(thread);
    this.idle.push(thread);
    this.handOut();
    if (reply.kind === 'verified') asked?.resolve(reply.outcome);
    else {
      const Kind = reply.isUnavailable ? Unavailable : InvariantBroken;
      asked?.reject(new Kind(reply.code, reply.message));
    }
  }

  /** One that is gone leaves a hole in what is verified: nobody goes on. */
  private lose(how: string): void {
    this.lost ??= new VerifierLost(how);
    for (const asked of [...this.working.values(), ...this.waiting.splice(0)]) asked.reject(this.lost);
    this.working.clear();
  }
}
