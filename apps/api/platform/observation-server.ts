import { createServer, type ServerResponse } from 'node:http';
import type { Metrics } from '../../../infra/telemetry/metrics.js';
import { problem, problemOf } from '../http/problem.js';
import type { Health } from './health.js';

export interface ObservationServer {
  readonly url: string;
  close(): Promise<void>;
}

interface Page {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

/**
 * Health and metrics of a process that has no API, at the API's addresses, on loopback only.
 *
 * @param port 0: any that is free
 * @throws Error `EADDRINUSE`
 */
export async function startObservationServer(
  port: number,
  { health, metrics }: { readonly health: Health; readonly metrics: Metrics },
): Promise<ObservationServer> {
  const pages: Readonly<Record<string, () => Promise<Page>>> = {
    '/health/live': () => Promise.resolve(json(200, { live: true })),
    '/health/ready': async () => {
      const readiness = await health.readiness();
      return json(readiness.ready ? 200 : 503, readiness);
    },
    '/metrics': async () => ({ status: 200, type: metrics.contentType, text: await metrics.text() }),
  };
  const server = createServer((request, response) => {
    const [path = ''] = (request.url ?? '').split('?');
    const page = request.method === 'GET' && Object.hasOwn(pages, path) ? pages[path] : undefined;
    void (page?.() ?? Promise.resolve(unknownAddress())).catch(failed).then((one) => send(response, one));
  });
  await new Promise<void>((listening, failedToListen) => {
    server.once('error', failedToListen);
    server.listen(port, '127.0.0.1', listening);
  });
  const address = server.address();
  const taken = typeof address === 'object' && address ? address.port : port;
  return {
    url: `http://127.0.0.1:${taken}`,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

function json(status: number, body: object): Page {
  return { status, type: 'application/json', text: JSON.stringify(body) };
}

function unknownAddress(): Page {
  const body = problem(404, 'request.unknown-address', 'only health and metrics are here');
  return { ...json(404, body), type: 'application/problem+json' };
}

function failed(error: unknown): Page {
  const body = problemOf(error);
  return { ...json(body.status, body), type: 'application/problem+json' };
}

function send(response: ServerResponse, { status, type, text }: Page): void {
  response.writeHead(status, { 'content-type': type }).end(text);
}
