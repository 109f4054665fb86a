import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { objectsDirectoryOf } from '../apps/config/data-directories.js';
import { startAxion, type Axion } from './harness/axion.js';
import { expectItHolds, expectProblem } from './harness/expectations.js';
import { textAt, type HttpClient } from './harness/http-client.js';
import { matching } from './harness/matchers.js';
import { beginUpload, sendRaw } from './harness/raw-http.js';
import { describeRefusals, file, post, type Refused } from './harness/refusals.js';
import { files, internalCsv } from './harness/sample.js';
import { until } from './harness/until.js';

const maximumUploadBytes = 50_000;
const uploads = '/v1/reconciliation/uploads?side=internal&source=axion-csv';
let axion: Axion;
let owner: HttpClient;

beforeAll(async () => {
  axion = await startAxion({ maximumUploadBytes });
  owner = await axion.newWorkspace();
}, 60_000);
afterAll(() => axion.close());

const temporaryFiles = (): string[] =>
  readdirSync(join(objectsDirectoryOf(axion.configuration), 'temporary'));

const utf16 = (words: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(words, 'utf16le')]));
const good = internalCsv({});

const uploaded: readonly Refused[] = [
  { what: 'no file', ask: { method: 'POST' }, status: 400, code: 'request.no-body', says: /body/ },
  { what: 'an empty file', ask: file(''), status: 422, code: 'reconciliation.empty-upload' },
  {
    what: 'a header only',
    ask: file(good.split('\n', 1).join()),
    status: 422,
    code: 'reconciliation.empty-upload',
  },
  {
    what: 'a header and empty lines',
    ask: file(`${good.split('\n', 1).join()}\n\n\n`),
    status: 422,
    code: 'reconciliation.empty-upload',
  },
  {
    what: 'another file than its profile says',
    ask: file(files.broker.slice(0, 5000)),
    status: 422,
    code: 'reconciliation.unreadable-upload',
    says: /trade_id/,
  },
  {
    what: 'a picture',
    ask: file(new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0])),
    status: 422,
    code: 'reconciliation.unreadable-upload',
    says: /UTF-8/,
  },
  {
    what: 'UTF-16',
    ask: file(utf16(good)),
    status: 422,
    code: 'reconciliation.unreadable-upload',
    says: /UTF-8.*line 1/,
  },
  {
    what: 'Latin-1',
    ask: file(new Uint8Array(Buffer.from(internalCsv({}, { counterparty: 'Crédit' }), 'latin1'))),
    status: 422,
    code: 'reconciliation.unreadable-upload',
    says: /UTF-8/,
  },
  {
    what: 'a quotation that never ends',
    ask: file(`${good}T2,"FUND\n`),
    status: 422,
    code: 'reconciliation.unreadable-upload',
    says: /CSV/,
  },
  { what: 'JSON', ask: post({ trade: 1 }), status: 415, code: 'request.unknown-content-type' },
  {
    what: 'no content type',
    ask: { method: 'POST', raw: new Uint8Array(Buffer.from(good)) },
    status: 415,
    code: 'request.unknown-content-type',
  },
  {
    what: 'a file over the limit',
    ask: file('x'.repeat(maximumUploadBytes + 1)),
    status: 413,
    code: 'request.too-large',
    says: /50000/,
  },
  {
    what: 'an unknown source',
    path: uploads.replace('axion-csv', 'nobody'),
    ask: file(good),
    status: 404,
    code: 'reconciliation.unknown-source',
    says: /nobody/,
  },
  {
    what: 'an unknown side',
    path: uploads.replace('internal', 'inside'),
    ask: file(good),
    status: 400,
    code: 'request.invalid',
    says: /side/,
  },
  {
    what: 'no side',
    path: '/v1/reconciliation/uploads?source=axion-csv',
    ask: file(good),
    status: 400,
    code: 'request.invalid',
    says: /side/,
  },
  {
    what: 'an Idempotency-Key with a space in it',
    ask: { ...file(good), headers: { 'content-type': 'text/csv', 'idempotency-key': 'a b' } },
    status: 400,
    code: 'request.bad-idempotency-key',
  },
];

describeRefusals('An upload of', uploads, () => owner, uploaded);

describe('An upload that breaks off', () => {
  const head = (length: number): string =>
    [
      'POST /v1/reconciliation/uploads?side=internal&source=axion-csv HTTP/1.1',
      'host: axion',
      ...Object.entries(owner.credentials).map(([name, value]) => `${name}: ${value}`),
      'content-type: text/csv',
      `content-length: ${length}`,
      'connection: close',
      '\r\n',
    ].join('\r\n');

  it('before its announced end is told so, and nothing is stored', async () => {
    const reply = await sendRaw(axion.root.url, `${head(good.length + 1000)}${good}`);
    expectProblem(reply, { status: 400, code: textAt(reply.body, 'code'), says: /broke off|cannot be read/ });
  });

  it('in the middle of its chunks leaves nothing', async () => {
    const upload = await beginUpload(owner, 'side=internal&source=axion-csv', good);
    await until('the upload is being stored', () => temporaryFiles().length > 0 || undefined);
    upload.abort();
    await until('its file is gone', () => temporaryFiles().length === 0 || undefined);
  });

  it('because it is too large is refused while it comes', async () => {
    const upload = await beginUpload(
      owner,
      'side=internal&source=axion-csv',
      'x'.repeat(maximumUploadBytes + 1),
    );
    expect(await upload.end()).toMatchObject({
      status: 413,
      text: matching(/request\.too-large/),
    });
  });
});

describe('Afterwards', () => {
  it('there are no uploads', async () => {
    expect(await owner.every('/v1/reconciliation/uploads', 10)).toEqual([]);
  });

  it('nothing temporary is left among the objects', () => {
    expect(temporaryFiles()).toEqual([]);
  });

  it('every link holds and every read model equals its replay', () => expectItHolds(axion));

  it('what is right is taken', async () => {
    expect((await owner.ask(uploads, file(good))).status).toBe(201);
    expect((await owner.every('/v1/reconciliation/uploads', 1)).length).toBe(1);
  });
});
