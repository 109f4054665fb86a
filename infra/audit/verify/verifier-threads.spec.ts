import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codeOf } from '../../../domain/kernel/errors.js';
import type { Segment } from './segment.js';
import { VerifierThreads } from './verifier-threads.js';

const folder = mkdtempSync(join(tmpdir(), 'axion-threads-'));
afterAll(() => rmSync(folder, { recursive: true }));
const threads: VerifierThreads[] = [];
afterEach(() => Promise.all(threads.splice(0).map((one) => one.stop())));

const segment: Segment = { after: undefined, to: undefined, seals: [] };
let programs = 0;

/** Threads of a program that does this to each message. */
function threadsThat(body: string, places = 2): VerifierThreads {
  const entry = join(folder, `${programs++}.mjs`);
  writeFileSync(
    entry,
    `import { parentPort } from 'node:worker_threads';
     parentPort.on('message', ({ segment }) => { ${body} });`,
  );
  const sources = { eventStoreUrl: '', auditDirectory: '' };
  const started = new VerifierThreads({ entry, places, sources, mostHeapMiB: 32 });
  threads.push(started);
  return started;
}

async function failure(asked: Promise<unknown>): Promise<unknown> {
  return asked.then(
    () => 'it answered',
    (error: unknown) => codeOf(error),
  );
}

describe('threads that verify', () => {
  it.each([
    ['ends', 'process.exit(3)'],
    ['throws', "throw new Error('unforeseen')"],
    ['takes more memory than it may', 'const all = []; for (;;) all.push({ all: [all.length] })'],
  ])(
    'end the verification when one of them %s: what waits is told, and what comes later',
    async (_how, body) => {
      const verifiers = threadsThat(body);
      const asked = Array.from({ length: 5 }, () => failure(verifiers.verify(segment, undefined)));
      expect(new Set(await Promise.all(asked))).toEqual(new Set(['audit.verifier-lost']));
      expect(await failure(verifiers.verify(segment, undefined))).toBe('audit.verifier-lost');
    },
  );

  it.each([
    ['audit.unknown-filter', false, 'InvariantBroken'],
    ['log.unavailable', true, 'Unavailable'],
  ])('tell of %s as if it had happened here', async (code, isUnavailable, name) => {
    const reply = JSON.stringify({ kind: 'failed', code, message: 'so', isUnavailable });
    const verifiers = threadsThat(`parentPort.postMessage(${reply})`);
    await expect(verifiers.verify(segment, undefined)).rejects.toMatchObject({ code, name, message: 'so' });
  });

  it('give each its own answer, however many are asked for at once', async () => {
    const verifiers = threadsThat(
      "parentPort.postMessage({ kind: 'verified', outcome: { after: segment.after } })",
    );
    const asked = Array.from({ length: 20 }, (_none, after) =>
      verifiers.verify({ ...segment, after: BigInt(after) }, undefined),
    );
    expect(await Promise.all(asked)).toEqual(asked.map((_none, after) => ({ after: BigInt(after) })));
  });

  it('end when they are stopped, in the middle of their work too', async () => {
    const verifiers = threadsThat('for (;;);');
    const asked = failure(verifiers.verify(segment, undefined));
    await verifiers.stop();
    expect(await asked).toBe('audit.verifier-lost');
  });
});
