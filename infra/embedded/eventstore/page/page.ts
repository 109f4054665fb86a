import { once } from 'node:events';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import { type NodeFacts } from './facts.js';
import { type Answer, route } from './routes.js';

/** The page of a node for people: read only, on 127.0.0.1. */
export interface Page {
  readonly url: string;
  close(): Promise<void>;
}

const HOST = '127.0.0.1';
const POLICY =
  "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/** @param port 0 takes any free one */
export async function startPage(facts: NodeFacts, port: number): Promise<Page> {
  const server = createServer((request, response) => respond(response, request, answer(facts, request)));
  server.listen(port, HOST);
  await once(server, 'listening');
  const address = server.address();
  const listening = typeof address === 'object' && address !== null ? address.port : port;
  return {
    url: `http://${HOST}:${listening}`,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function answer(facts: NodeFacts, request: IncomingMessage): Answer {
  // Without this a foreign page could read the store through a name of its own that leads here.
  if (!isLoopbackName(request.headers.host)) {
    return refusal(421, 'This page answers to the names of this machine only.');
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') return refusal(405, 'This page is read only.');
  try {
    const { pathname, searchParams } = new URL(request.url ?? '/', `http://${HOST}`);
    return route(facts, pathname, searchParams);
  } catch (error) {
    return refusal(500, error instanceof Error ? error.message : String(error));
  }
}

/** The host a browser asked for, without its port. */
function isLoopbackName(host: string | undefined): boolean {
  return host !== undefined && /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i.test(host);
}

function refusal(status: number, error: string): Answer {
  return { status, type: 'application/json', body: `${JSON.stringify({ error })}\n` };
}

function respond(response: ServerResponse, request: IncomingMessage, given: Answer): void {
  const body = Buffer.from(given.body);
  const headers: Record<string, string> = {
    'content-security-policy': POLICY,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'no-store',
  };
  if (given.type) headers['content-type'] = `${given.type}; charset=utf-8`;
  if (given.location !== undefined) headers['location'] = given.location;
  if (given.status === 405) headers['allow'] = 'GET, HEAD';
  if (given.status !== 204) headers['content-length'] = String(body.length);
  response.writeHead(given.status, headers);
  response.end(request.method === 'HEAD' ? undefined : body);
  // What a refused request carries is not read.
  if (given.status >= 400) request.resume();
}
