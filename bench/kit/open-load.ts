import { Agent } from 'node:http';
import { answerMessages } from './child-program.js';
import { post, type Posted } from './post.js';
import { latencyOf, type Latency } from './statistics.js';

/** Requests at a steady rate, whether those before were answered or not. */
export interface OpenLoadRequest extends Posted {
  readonly first: number;
  readonly count: number;
  readonly perSecond: number;
}

export interface OpenLoadReply {
  readonly seconds: number;
  /** From when a request was to be sent until it was answered. */
  readonly latency: Latency;
  readonly failed: number;
}

answerMessages(async (load: OpenLoadRequest): Promise<OpenLoadReply> => {
  const { first, count, perSecond } = load;
  const agent = new Agent({ keepAlive: true });
  const milliseconds: number[] = [];
  const sent: Promise<void>[] = [];
  let failed = 0;
  const send = async (number: number, dueAt: number): Promise<void> => {
    try {
      const { status } = await post(load, agent, number);
      if (status < 200 || status > 299) failed++;
    } catch {
      failed++;
    }
    milliseconds.push(performance.now() - dueAt);
  };
  const started = performance.now();
  for (let index = 0; index < count;) {
    const due = Math.min(count, Math.floor(((performance.now() - started) * perSecond) / 1000));
    for (; index < due; index++) sent.push(send(first + index, started + (index * 1000) / perSecond));
    await new Promise((resume) => setTimeout(resume, 1));
  }
  await Promise.all(sent);
  agent.destroy();
  return { seconds: (performance.now() - started) / 1000, latency: latencyOf(milliseconds), failed };
});
