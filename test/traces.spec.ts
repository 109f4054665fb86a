import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { startAxion, type Axion } from './harness/axion.js';
import { textAt } from './harness/http-client.js';
import { until } from './harness/until.js';

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
}
interface Export {
  readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly Span[] }[] }[];
}

/** What an OpenTelemetry collector hears. */
const spans: Span[] = [];
let collector: Server;
let axion: Axion;

beforeAll(async () => {
  collector = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { resourceSpans } = JSON.parse(Buffer.concat(chunks).toString()) as Export;
      spans.push(...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)));
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(collector, 'listening');
  const address = collector.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  axion = await startAxion({ traces: { endpoint: `http://127.0.0.1:${port}`, share: 1 } });
});

afterAll(async () => {
  await axion.close();
  collector.closeAllConnections();
  collector.close();
});

const traceId = '0af7651916cd43dd8448eb211c80319c';
const callerSpan = 'b7ad6b7169203331';

/** Names from a span up to the caller's. */
function ancestors(span: Span | undefined): string[] {
  if (!span) return [];
  if (span.parentSpanId === callerSpan) return [span.name, 'the caller'];
  return [span.name, ...ancestors(spans.find(({ spanId }) => spanId === span.parentSpanId))];
}

describe('a trace', () => {
  it('leads from the caller through the request and the command to the event', async () => {
    const client = await axion.newWorkspace();
    const { status, body } = await client.post(
      `/v1/tenancy/workspaces/${client.workspace}/keys`,
      { name: 'traced', roles: ['viewer'] },
      { traceparent: `00-${traceId}-${callerSpan}-01`, 'idempotency-key': 'traced-1' },
    );
    expect(status).toBe(201);
    expect(textAt(body, 'keyId')).not.toBe('');
    const mine = (): Span[] => spans.filter((span) => span.traceId === traceId);
    await until(
      'the spans of the request and of its event',
      () =>
        mine().some(({ name }) => name.startsWith('POST ')) &&
        mine().some(({ name }) => name.startsWith('append ')),
    );
    const append = mine().find(({ name }) => name.startsWith('append '));
    expect(ancestors(append)).toEqual([
      'append ApiKeyIssued',
      'attempt',
      'IssueApiKey',
      'POST /v1/tenancy/workspaces/:workspaceId/keys',
      'the caller',
    ]);
  });

  it('of a request that nobody was let in for is not kept', async () => {
    const client = await axion.newWorkspace();
    const path = `/v1/tenancy/workspaces/${client.workspace}/keys`;
    const stranger = await fetch(`${axion.root.url}${path}`, {
      headers: { traceparent: `00-${'a'.repeat(32)}-${callerSpan}-01` },
    });
    expect(stranger.status).toBe(401);
    const known = await client.ask(path, {
      headers: { traceparent: `00-${'b'.repeat(32)}-${callerSpan}-01` },
    });
    expect(known.status).toBe(200);
    await until('the spans of the other request', () =>
      spans.some((span) => span.traceId === 'b'.repeat(32)),
    );
    expect(spans.filter((span) => span.traceId === 'a'.repeat(32))).toEqual([]);
  });
});
