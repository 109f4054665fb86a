import { Agent, request } from 'node:http';
import { answerMessages } from './child-program.js';
import { streamOf } from './stream-of.js';
import { latencyOf, type Latency } from './statistics.js';

/** One round of load: `count` requests, `inFlight` at a time, each with the body that `bodyOf` makes of its number. */
export interface LoadRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** A JSON text in which `@stream` and `@number` stand for the request's own. */
  readonly body: string;
  readonly first: number;
  readonly count: number;
  readonly inFlight: number;
  readonly keyed: boolean;
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

function post(load: LoadRequest, agent: Agent, number: number): Promise<{ status: number; text: string }> {
  const body = load.body
    .replaceAll('@stream', String(streamOf(number)))
    .replaceAll('@number', String(number));
  const headers = {
    ...load.headers,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...(load.keyed && { 'idempotency-key': `bench-${number}` }),
  };
  return new Promise((resolve, reject) => {
    const sending = request(load.url, { method: 'POST', agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    sending.on('error', reject);
    sending.end(body);
  });
}
