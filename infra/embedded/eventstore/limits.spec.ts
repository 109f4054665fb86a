import { rmSync } from 'node:fs';
import fc from 'fast-check';
import { BadLimits, DEFAULT_LIMITS, requireLimits } from './limits.js';
import { startEventStoreNode } from './node.js';
import { APPEND_CALLS, event, freshStream, startTestNode, temporaryDirectory } from './testing.js';

test('what is not given is as the server has it', () => {
  expect(requireLimits({})).toEqual(DEFAULT_LIMITS);
  expect(requireLimits({ maxAppendSize: undefined, commitTimeoutMs: 7 })).toEqual({
    ...DEFAULT_LIMITS,
    commitTimeoutMs: 7,
  });
});

test.each([
  ['maxAppendSize', 0],
  ['maxAppendSize', 1.5],
  ['maxAppendSize', 17 * 1024 * 1024],
  ['maxMessageSize', 1023],
  ['maxMessageSize', NaN],
  ['commitTimeoutMs', 0],
  ['commitTimeoutMs', 2 ** 31],
  ['reservedDiskBytes', -1],
] as const)('%s cannot be %d', (name, value) => {
  expect(() => requireLimits({ [name]: value })).toThrow(new RegExp(`${name} must be a whole number from`));
});

test('every limit that cannot be used is named at once', () => {
  expect(() => requireLimits({ maxAppendSize: -1, commitTimeoutMs: -1 })).toThrow(
    /maxAppendSize must be.*; commitTimeoutMs must be/,
  );
});

test('an append is never allowed to be larger than a message', () => {
  const size = fc.integer({ min: 1, max: 2 ** 25 });
  fc.assert(
    fc.property(size, size, (maxAppendSize, maxMessageSize) => {
      try {
        const limits = requireLimits({ maxAppendSize, maxMessageSize });
        return limits.maxAppendSize <= limits.maxMessageSize;
      } catch (error) {
        return error instanceof BadLimits;
      }
    }),
  );
});

test('a node does not start with limits it cannot use, and leaves the folder alone', async () => {
  const directory = temporaryDirectory();
  await expect(startEventStoreNode({ directory, maxAppendSize: 0 })).rejects.toMatchObject({
    code: 'BAD_LIMITS',
  });
  const node = await startEventStoreNode({ directory });
  await node.close();
  rmSync(directory, { recursive: true });
});

describe('a node with limits of its own', () => {
  test('refuses a larger append and says how large one may be', async () => {
    const server = await startTestNode({ maxAppendSize: 100 });
    await server.client.appendToStream(freshStream(), event());
    await expect(server.client.appendToStream(freshStream(), event('x'.repeat(101)))).rejects.toMatchObject({
      type: 'maximum-append-size-exceeded',
      maxAppendSize: 100,
    });
    await server.stop();
  });

  test('refuses a larger message, and takes the next one', async () => {
    const server = await startTestNode({ maxMessageSize: 2048, maxAppendSize: 2048 });
    const stream = freshStream();
    await expect(server.client.appendToStream(stream, event('x'.repeat(3000)))).rejects.toMatchObject({
      code: 8,
    });
    await expect(server.client.appendToStream(stream, event())).resolves.toMatchObject({ success: true });
    await server.stop();
  });

  test('refuses to write when the disk has less left than is to stay free, and goes on reading', async () => {
    const directory = temporaryDirectory();
    const first = await startTestNode({ directory });
    const stream = freshStream();
    await first.client.appendToStream(stream, event());
    await first.stop();
    const server = await startTestNode({ directory, reservedDiskBytes: Number.MAX_SAFE_INTEGER });
    const [, unary] = APPEND_CALLS[1];
    await expect(server.client.appendToStream(stream, event(), unary)).rejects.toThrow(/no space left/);
    for await (const resolved of server.client.readStream(stream)) expect(resolved.event?.revision).toBe(0n);
    await server.stop();
    rmSync(directory, { recursive: true });
  });
});
