import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { streamName, workspaceId } from '../../domain/kernel/names.js';
import type { StoredEvent } from '../../domain/kernel/ports/event-log.js';
import { contextOf } from '../../domain/kernel/testing.js';
import { contentId, faultOf, genesisHash, linkEvents, type ChainLink, type UnlinkedEvent } from './chain.js';
import { InMemoryEventLog } from './in-memory-event-log.js';
import { collect } from './testing/collect.js';

const origin = '00112233445566778899aabbccddeeff';
const stream = streamName('account', workspaceId('acme'), 'a1');
const first: UnlinkedEvent = {
  type: 'Deposited',
  schema: 1,
  data: { account: 'a1', amount: 12.5, zoë: ['€', null, true], A: { b: 1e-7, a: -0.1 } },
  context: contextOf(),
  salt: '0123456789abcdef0123456789abcdef',
};
const second: UnlinkedEvent = {
  ...first,
  data: { account: 'a1', amount: 2 },
  salt: 'fedcba9876543210fedcba9876543210',
};

async function store(events: readonly UnlinkedEvent[]): Promise<StoredEvent[]> {
  const log = new InMemoryEventLog();
  await log.append(stream, 'no_stream', linkEvents(origin, stream, undefined, events));
  return collect(log.read(stream));
}

const linkTo = ({ revision, metadata }: StoredEvent): ChainLink => ({
  revision,
  hash: String(metadata['a.h']),
});

/** The first fault of a stream, as a verifier walks it. */
function firstFault(events: readonly StoredEvent[]): string | undefined {
  let last: ChainLink | undefined;
  for (const event of events) {
    const fault = faultOf(event, origin, last);
    if (fault) return fault;
    last = linkTo(event);
  }
  return undefined;
}

describe('the inline chain: golden vectors', () => {
  const [one, two] = linkEvents(origin, stream, undefined, [first, second]);

  it('begins at the hash of origin and stream', () =>
    expect(genesisHash(origin, stream)).toBe(
      '788c74463f234c728f5dd65d4d7e5f72c8b041b95d9fd2cb62677a4619e1637d',
    ));

  it('gives a fixed event fixed hashes and a fixed id, for ever', () => {
    expect(one?.id).toBe('2ff9d9f4-1b87-8bce-a8b4-12c45c32c6bf');
    expect(one?.metadata).toEqual({
      'a.v': '1',
      'a.origin': origin,
      'a.ws': 'acme',
      'a.at': '2024-06-12T20:00:00.000Z',
      'a.actor': 'key:alice',
      'a.cmd': 'command-1',
      'a.corr': 'correlation-1',
      'a.cause': '',
      'a.schema': '1',
      'a.salt': '0123456789abcdef0123456789abcdef',
      'a.prev': '788c74463f234c728f5dd65d4d7e5f72c8b041b95d9fd2cb62677a4619e1637d',
      'a.ph': '45cf66759c04e69b09b02fdb3aef1b5d75987d4e707b33b0ed6faf341db07619',
      'a.h': '2ff9d9f41b874bce28b412c45c32c6bf0c6553240486d290644ddbeeba607be3',
      $correlationId: 'correlation-1',
      $causationId: '',
    });
  });

  it('links the next event to it', () => {
    expect(two?.metadata['a.prev']).toBe(one?.metadata['a.h']);
    expect(two?.metadata['a.ph']).toBe('982d94509129af3d1e6a4ffb05bbc8fbd5ffc28167c3892fffdfdd94e1a88eee');
    expect(two?.metadata['a.h']).toBe('95c389b9d31d336f88f450f384ac39f05a072ee5a20154be5e209d5c98d1000a');
    expect(two?.id).toBe('95c389b9-d31d-836f-88f4-50f384ac39f0');
  });

  it('is what a few lines without any of our code compute', () => {
    const sha = (text: string) => createHash('sha256').update(text, 'utf8').digest('hex');
    const prev = sha(`axion/gen/1\n${origin}\naccount-acme.a1`);
    const ph = sha(
      'axion/ph/1\n{"data":{"A":{"a":-0.1,"b":1e-7},"account":"a1","amount":12.5,"zoë":["€",null,true]},"salt":"0123456789abcdef0123456789abcdef"}',
    );
    const h = sha(
      `axion/ev/1\n{"actor":"key:alice","at":"2024-06-12T20:00:00.000Z","cause":"","cmd":"command-1","corr":"correlation-1","origin":"${origin}","ph":"${ph}","prev":"${prev}","rev":"0","schema":"1","stream":"account-acme.a1","type":"Deposited","v":"1","ws":"acme"}`,
    );
    const bytes = Buffer.from(h, 'hex').subarray(0, 16);
    bytes[6] = (bytes[6]! & 0x0f) | 0x80;
    bytes[8] = (bytes[8]! & 0x3f) | 0x80;
    expect(one?.metadata).toMatchObject({ 'a.prev': prev, 'a.ph': ph, 'a.h': h });
    expect(one?.id.replaceAll('-', '')).toBe(bytes.toString('hex'));
  });
});

describe('the inline chain: ids are content', () => {
  it('are UUIDs of version 8 in the variant of RFC 9562, else the first 128 bits of the hash', () =>
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
        const hash = Buffer.from(bytes).toString('hex');
        const id = contentId(hash);
        expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        const expected = Buffer.from(bytes).subarray(0, 16);
        expected[6] = (expected[6]! & 0x0f) | 0x80;
        expected[8] = (expected[8]! & 0x3f) | 0x80;
        expect(id.replaceAll('-', '')).toBe(expected.toString('hex'));
      }),
    ));

  it('differ for the same data under another salt, another command or another revision', () => {
    const other = { ...first, salt: second.salt };
    const otherCommand = { ...first, context: contextOf({ commandId: 'command-2' }) };
    const ids = [first, other, otherCommand].map(
      (event) => linkEvents(origin, stream, undefined, [event])[0]?.id,
    );
    const later = linkEvents(origin, stream, { revision: 0n, hash: genesisHash(origin, stream) }, [first]);
    expect(new Set([...ids, later[0]?.id]).size).toBe(4);
  });
});

describe('rule F5: the chain counts in 64 bits', () => {
  it('tells revisions apart that no JavaScript number does', () => {
    const behind = (revision: bigint) => ({ revision, hash: genesisHash(origin, stream) });
    const [even] = linkEvents(origin, stream, behind(2n ** 53n - 1n), [first]);
    const [odd] = linkEvents(origin, stream, behind(2n ** 53n), [first]);
    expect(even?.id).not.toBe(odd?.id);
    const stored = { ...odd!, stream, revision: 2n ** 53n + 1n, position: 0n, preparePosition: 0n };
    expect(faultOf(stored, origin, behind(2n ** 53n))).toBeUndefined();
    expect(faultOf({ ...stored, revision: 2n ** 53n }, origin, behind(2n ** 53n))).toMatch('its revision');
  });
});

describe('the inline chain: what was changed is found', () => {
  it('holds when nothing was', async () =>
    expect(firstFault(await store([first, second, first]))).toBeUndefined());

  const hashed = linkEvents(origin, stream, undefined, [first])[0]!.metadata;

  it.each(Object.keys(hashed))('in the metadata field %s: another value, none, or no text', async (key) => {
    const [event] = await store([first]);
    for (const value of [`${hashed[key]}x`, undefined, 7, [hashed[key]]]) {
      const tampered = { ...event!, metadata: { ...event!.metadata, [key]: value } };
      expect([key, value, typeof faultOf(tampered, origin, undefined)]).toEqual([key, value, 'string']);
    }
  });

  it('leaves metadata alone that is not ours', async () => {
    const [event] = await store([first]);
    const traced = { ...event!, metadata: { ...event!.metadata, traceparent: '00-0af7' } };
    expect(faultOf(traced, origin, undefined)).toBeUndefined();
  });

  it('in every single byte of the data, wherever it still reads as JSON', async () => {
    const [event] = await store([first]);
    const bytes = Buffer.from(JSON.stringify(event!.data), 'utf8');
    let read = 0;
    for (let index = 0; index < bytes.length; index++)
      for (const bit of [1, 2, 4, 8, 16, 32, 64]) {
        const changed = Buffer.from(bytes);
        changed[index] = bytes[index]! ^ bit;
        const data = parsed(changed.toString('utf8'));
        // 1E-7 is 1e-7: the chain covers the value.
        if (data === undefined || isDeepStrictEqual(data, event!.data)) continue;
        read++;
        expect(typeof faultOf({ ...event!, data }, origin, undefined)).toBe('string');
      }
    expect(read).toBeGreaterThan(100);
  });

  it.each<[string, string]>([
    ['a property more', '{"account":"a1","amount":null,"more":1}'],
    ['a property less', '{"account":"a1"}'],
    ['a number that is too large to be one', '{"account":"a1","amount":1e999}'],
    ['text for a number', '{"account":"a1","amount":"null"}'],
    ['a list', '["a1"]'],
    ['nothing', 'null'],
    ['text', '"a1"'],
    ['a forbidden name', '{"account":"a1","amount":null,"__proto__":{}}'],
    ['nesting that no reader bears', `${'['.repeat(200_000)}${']'.repeat(200_000)}`],
  ])('in the data: %s', async (_what, text) => {
    const [event] = await store([{ ...first, data: { account: 'a1', amount: null } }]);
    const data: unknown = JSON.parse(text);
    expect(typeof faultOf({ ...event!, data }, origin, undefined)).toBe('string');
  });

  it('not in the order of the properties, which JSON does not have', async () => {
    const [event] = await store([second]);
    expect(faultOf({ ...event!, data: { amount: 2, account: 'a1' } }, origin, undefined)).toBeUndefined();
  });

  it.each<[string, Partial<StoredEvent>]>([
    ['type', { type: 'Withdrawn' }],
    ['id', { id: '2ff9d9f4-1b87-8bce-a8b4-12c45c32c6b0' }],
    ['stream', { stream: 'account-other.a1' }],
    ['revision', { revision: 1n }],
  ])('in the %s', async (_what, change) => {
    const [event] = await store([first]);
    expect(typeof faultOf({ ...event!, ...change }, origin, undefined)).toBe('string');
  });

  it('in the origin: nothing of another log is taken for ours', async () => {
    const [event] = await store([first]);
    expect(faultOf(event!, 'ff'.repeat(16), undefined)).toBe('it was written for another origin');
  });

  it.each<[string, (events: StoredEvent[]) => StoredEvent[]]>([
    ['exchanged', ([one, two, three]) => [two!, one!, three!]],
    ['left out', ([one, , three]) => [one!, three!]],
    ['cut off at the front', ([, two, three]) => [two!, three!]],
    ['told twice', ([one, two]) => [one!, one!, two!]],
    [
      'exchanged and numbered again',
      ([one, two, three]) => [one!, { ...three!, revision: two!.revision }, { ...two!, revision: 2n }],
    ],
    ['left out and numbered again', ([one, , three]) => [one!, { ...three!, revision: 1n }]],
  ])('in the order: %s', async (_what, change) => {
    const events = await store([first, second, { ...second, salt: first.salt }]);
    expect(typeof firstFault(change(events))).toBe('string');
  });
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
