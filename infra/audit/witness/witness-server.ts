import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Witness, WitnessAnswer } from './witness.js';

export interface WitnessServer {
  readonly url: string;
  close(): Promise<void>;
}

const largestBody = 64 * 1024;

/** The HTTP of C2SP tlog-witness: `POST /add-checkpoint`. Nothing else is served. */
export async function serveWitness(
  witness: Witness,
  port: number,
  host = '127.0.0.1',
): Promise<WitnessServer> {
  const server = createServer((request, response) => {
    void answer(witness, request).then(({ status, type, body }) => {
      response
        .writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) })
        .end(body);
    });
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  return { url: `http://${host}:${portOf(server)}`, close: () => closed(server) };
}

interface HttpAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

async function answer(witness: Witness, request: IncomingMessage): Promise<HttpAnswer> {
  if (request.method !== 'POST' || request.url !== '/add-checkpoint')
    return plain(404, 'there is only POST /add-checkpoint\n');
  const body = await bodyOf(request);
  if (body === undefined) return plain(413, `a body has at most ${largestBody} bytes\n`);
  try {
    return httpOf(await witness.add(body));
  } catch {
    return plain(500, 'the checkpoint could not be stored; it is not cosigned\n');
  }
}

function httpOf(found: WitnessAnswer): HttpAnswer {
  switch (found.kind) {
    case 'cosigned':
      return plain(200, found.signatures);
    case 'malformed':
      return plain(400, `${found.reason}\n`);
    case 'unknownLog':
      return plain(404, 'this witness does not know the log\n');
    case 'notSigned':
      return plain(403, 'it is not signed by the key of the log\n');
    case 'elsewhere':
      return { status: 409, type: 'text/x.tlog.size', body: `${found.size}\n` };
    case 'inconsistent':
      return plain(422, 'the log does not begin with what was cosigned before\n');
  }
}

function plain(status: number, body: string): HttpAnswer {
  return { status, type: 'text/plain; charset=utf-8', body };
}

async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > largestBody) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
