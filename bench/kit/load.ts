import { Agent } from 'node:http';
import { answerMessages } from './child-program.js';
import { post, type Posted } from './post.js';
import { latencyOf, type Latency } from './statistics.js';

/** One round of load: `count` requests, `inFlight` at a time, each with a body of its own. */
export interface LoadRequest extends Posted {
  readonly first: number;
  readonly count: number;
  readonly inFlight: number;
}

export interface LoadReply {
  readonly seconds: number;
  readonly latency: Latency;
  readonly failed: number;
  /** The newest position that an answer named; "0" when none did. */
  readonly position: string;
}

answerMessages(async (load: LoadRequest) => {
  const agent = new Agent({ keepAlive: true, maxSockets: load.inFlight });
  const milliseconds: number[] = [];
  let next = load.first;
  let failed = 0;
  let position = 0n;
  const started = performance.now();
  const worker = async (): Promise<void> => {
    while (next < load.first + load.count) {
      const number = next++;
      const sent = performance.now();
      const { status, text } = await post(load, agent, number);
      milliseconds.push(performance.now() - sent);
      if (status < 200 || status > 299) failed++;
      const found = /"position":"(\d+)"/.exec(text)?.[1];
      if (found !== undefined && BigInt(found) > position) position = BigInt(found);
    }
  };
  await Promise.all(Array.from({ length: load.inFlight }, worker));
  const seconds = (performance.now() - started) / 1000;
  agent.destroy();
  return {
    seconds,
    latency: latencyOf(milliseconds),
    failed,
    position: position.toString(),
  } satisfies LoadReply;
});
