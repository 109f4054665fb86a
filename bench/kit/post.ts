import { request, type Agent } from 'node:http';
import { streamOf } from './stream-of.js';

export interface Posted {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** A JSON text in which `@stream` and `@number` stand for the request's own. */
  readonly body: string;
  readonly keyed: boolean;
}

/** Sends the nth request of a load. */
export function post(
  load: Posted,
  agent: Agent,
  number: number,
): Promise<{ readonly status: number; readonly text: string }> {
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
