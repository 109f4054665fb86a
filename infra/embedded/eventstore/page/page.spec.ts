import { rmSync } from 'node:fs';
import { request } from 'node:http';
import { binaryEvent, jsonEvent } from '@eventstore/db-client';
import { settings } from '../persistent/testing.js';
import { type TestNode, event, freshStream, startTestNode, temporaryDirectory } from '../testing.js';

let server: TestNode;

beforeAll(async () => {
  server = await startTestNode({ pagePort: 0 });
});
afterAll(() => server.stop());

const url = (path: string): string => `${server.node.pageUrl}${path}`;

async function get(path: string): Promise<{ status: number; text: string; headers: Headers }> {
  const response = await fetch(url(path), { redirect: 'manual' });
  return { status: response.status, text: await response.text(), headers: response.headers };
}

/** `fetch` does not let its caller choose the host. */
function getAs(host: string | undefined, path = '/stats'): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = host === undefined ? {} : { host };
    request(url(path), { headers, setHost: host !== undefined }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
}

test('a node without a port for it has no page', async () => {
  const other = await startTestNode();
  expect(other.node.pageUrl).toBeUndefined();
  await other.stop();
});

test('a page that cannot listen keeps the node from starting, and frees its folder', async () => {
  const taken = Number(new URL(server.node.pageUrl!).port);
  const directory = temporaryDirectory();
  await expect(startTestNode({ directory, pagePort: taken })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  const again = await startTestNode({ directory });
  await again.stop();
  rmSync(directory, { recursive: true });
});

test('the overview tells how much there is, and which groups', async () => {
  const stream = freshStream();
  await server.client.appendToStream(stream, [event(), event()]);
  await server.client.createPersistentSubscriptionToStream(stream, 'the-group', settings());
  const { status, text } = await get('/web');
  expect(status).toBe(200);
  expect(text).toMatch(/<dt>Events<\/dt>\s*<dd>\d+<\/dd>/);
  expect(text).toContain('the-group');
  const stats = JSON.parse((await get('/stats')).text) as Record<string, number>;
  expect(stats['events']).toBeGreaterThanOrEqual(2);
  expect(stats['storeBytes']).toBeGreaterThan(0);
  expect(stats['persistentSubscriptions']).toBe(1);
});

test('streams are listed page by page, without system streams unless asked, with very long names too', async () => {
  const prefix = `listed-${freshStream()}-`;
  const names = Array.from({ length: 130 }, (_, index) => `${prefix}${String(index).padStart(3, '0')}`);
  const long = prefix + 'x'.repeat(1500);
  await Promise.all([...names, long].map((name) => server.client.appendToStream(name, event())));
  await server.client.setStreamMetadata(names[0]!, { maxCount: 5 });
  await server.client.deleteStream(names[1]!);
  await server.client.tombstoneStream(names[2]!);

  const listed: string[] = [];
  let path: string | undefined = `/web/streams?prefix=${prefix}`;
  for (let pages = 0; path !== undefined; pages++) {
    expect(pages).toBeLessThan(3);
    const { text } = await get(path);
    listed.push(...[...text.matchAll(/stream\?name=([^"]+)"/g)].map(([, name]) => decodeURIComponent(name!)));
    path = /href="([^"]+)">Next page/.exec(text)?.[1]?.replaceAll('&amp;', '&');
  }
  expect(listed).toEqual([...names, long]);
  const { text } = await get(`/web/streams?prefix=${prefix}`);
  expect(text).toContain('>deleted<');
  expect(text).toContain('>tombstoned<');
  expect((await get('/web/streams')).text).not.toContain('%24%24');
  expect((await get('/web/streams?system=1')).text).toContain(encodeURIComponent('$$'));
  expect((await get(`/web/streams?prefix=$$${prefix}`)).text).toContain(encodeURIComponent(`$$${names[0]}`));
});

test('a stream is shown from its newest event back', async () => {
  const stream = freshStream();
  await server.client.appendToStream(
    stream,
    Array.from({ length: 60 }, (_, index) => event(`Type-${index}.`)),
  );
  const newest = await get(`/web/stream?name=${stream}`);
  expect(newest.text).toContain('Type-59.');
  expect(newest.text).not.toContain('Type-9.');
  const older = /href="([^"]+)">Older/.exec(newest.text)?.[1]?.replaceAll('&amp;', '&') ?? '';
  const { text } = await get(older);
  expect(text).toContain('Type-9.');
  expect(text).toContain('Type-0.');
  expect(text).not.toContain('>Older<');
  const all = await get('/web/all');
  expect(all.text).toContain('Type-59.');
  const before = /href="([^"]+)">Older/.exec(all.text)?.[1]?.replaceAll('&amp;', '&') ?? '';
  expect((await get(before)).text).toContain('Type-5.');
});

test('a truncated, a deleted and an unknown stream show what a reader may see', async () => {
  const stream = freshStream();
  await server.client.appendToStream(stream, [event('Hidden'), event('Seen')]);
  await server.client.setStreamMetadata(stream, { truncateBefore: 1 });
  const { text } = await get(`/web/stream?name=${stream}`);
  expect(text).toContain('Seen');
  expect(text).not.toContain('Hidden');
  await server.client.deleteStream(stream);
  expect(await get(`/web/stream?name=${stream}`)).toMatchObject({ status: 404 });
  expect(await get('/web/stream?name=unknown')).toMatchObject({ status: 404 });
});

test('an event is shown with its data and metadata, and nothing in it is taken for HTML', async () => {
  const stream = `<i>${freshStream()}</i>`;
  const type = '"><script>alert(1)</script>';
  const { position } = await server.client.appendToStream(
    stream,
    jsonEvent({
      type,
      data: { text: '<img src=x onerror=alert(1)>', deep: { n: 1 } },
      metadata: { by: '<b>' },
    }),
  );
  const { status, text } = await get(`/web/event?position=${position!.commit}`);
  expect(status).toBe(200);
  expect(text).toContain('&quot;text&quot;: &quot;&lt;img src=x onerror=alert(1)&gt;&quot;');
  expect(text).toContain('&quot;by&quot;: &quot;&lt;b&gt;&quot;');
  for (const path of [`/web/event?position=${position!.commit}`, '/web/all', '/web/streams?prefix=%3C']) {
    const page = (await get(path)).text;
    expect(page).not.toMatch(/<script|<img|<i>|<b>/);
    expect(page).toContain('&lt;i&gt;');
  }
});

test('bytes that are no text are shown in hexadecimal', async () => {
  const data = new Uint8Array([0, 1, 2, 255]);
  const appended = await server.client.appendToStream(freshStream(), binaryEvent({ type: 'Bytes', data }));
  const { text } = await get(`/web/event?position=${appended.position!.commit}`);
  expect(text).toContain('00 01 02 ff');
});

test.each([
  ['/web/event', 400],
  ['/web/event?position=1', 404],
  ['/web/event?position=-1', 400],
  ['/web/stream?name=x&before=y', 400],
  ['/web/all?before=1e3', 400],
  [`/web/streams?prefix=${'x'.repeat(501)}`, 400],
  ['/web/other', 404],
])('%s answers %d', async (path, status) => {
  expect(await get(path)).toMatchObject({ status });
});

test('every answer forbids scripts, frames and caches', async () => {
  for (const path of ['/web', '/web/nothing', '/stats', '/web/style.css']) {
    const { headers } = await get(path);
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'self'/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toBe('no-store');
  }
});

test.each(['POST', 'PUT', 'DELETE', 'PATCH'])('%s is refused', async (method) => {
  const response = await fetch(url('/web'), { method, body: 'anything' });
  expect(response.status).toBe(405);
  expect(response.headers.get('allow')).toBe('GET, HEAD');
});

test('HEAD tells what GET would, without a body', async () => {
  const response = await fetch(url('/web'), { method: 'HEAD' });
  expect(response.status).toBe(200);
  expect(Number(response.headers.get('content-length'))).toBeGreaterThan(0);
  expect(await response.text()).toBe('');
});

test('only names of this machine are answered', async () => {
  for (const host of ['localhost', 'localhost:80', '127.0.0.1:1', '[::1]:5', '127.8.9.1']) {
    expect(await getAs(host)).toBe(200);
  }
  for (const host of [
    'example.com',
    'localhost.example.com',
    '127.0.0.1.nip.io',
    '0.0.0.0',
    '::1',
    'a@localhost',
  ]) {
    expect([host, await getAs(host)]).toEqual([host, 421]);
  }
  expect(await getAs(undefined)).toBe(400);
});

test('the paths of the server answer as the server does', async () => {
  expect(await get('/health/live')).toMatchObject({ status: 204, text: '' });
  expect((await fetch(url('/health/live'), { method: 'HEAD' })).status).toBe(204);
  expect((await fetch(url('/health/live'), { method: 'POST' })).status).toBe(405);
  expect(await get('/health/ready')).toMatchObject({ status: 404 });
  expect(await get('/streams/anything')).toMatchObject({ status: 404 });
  const { status, headers } = await get('/');
  expect([status, headers.get('location')]).toEqual([302, '/web']);
  const info = JSON.parse((await get('/info')).text) as unknown;
  expect(info).toMatchObject({
    esVersion: '23.10.8',
    state: 'leader',
    features: { projections: false, userManagement: false, atomPub: false },
    authentication: { type: 'insecure' },
  });
  expect(await get('/ping')).toMatchObject({ status: 200 });
  const gossip = JSON.parse((await get('/gossip')).text) as unknown;
  expect(gossip).toMatchObject({
    serverPort: server.node.port,
    members: [{ state: 'Leader', isAlive: true }],
  });
});
