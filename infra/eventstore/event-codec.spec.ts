import { readFileSync } from 'node:fs';
import type { Erasable } from '../../domain/kernel/erasable.js';
import { erased, isErased } from '../../domain/kernel/erasable.js';
import { event } from '../../domain/kernel/event.js';
import { isJsonObject, type JsonObject } from '../../domain/kernel/json.js';
import { streamName, workspaceId } from '../../domain/kernel/names.js';
import type { StoredEvent } from '../../domain/kernel/ports/event-log.js';
import type { SubjectKeys } from '../../domain/kernel/ports/subject-keys.js';
import { contextOf } from '../../domain/kernel/testing.js';
import { SubjectSealer } from '../keys/sealing.js';
import { RepeatableKeys } from '../keys/testing/repeatable-keys.js';
import { faultOf, linkEvents } from './chain.js';
import { EventCodec } from './event-codec.js';

interface CustomerMet {
  customer: string;
  name: Erasable<string>;
  initial: string;
  visits: number;
  first: boolean;
}
interface Older {
  customer: string;
  name: Erasable<string>;
  visits: number;
}
/** Version 1 had no `initial`, version 2 no `first`. */
const customerEvents = {
  CustomerMet: event<CustomerMet>({
    version: 3,
    upcasts: {
      1: (older: Older) => ({
        ...older,
        initial: typeof older.name === 'string' ? older.name.slice(0, 1) : '?',
      }),
      2: (older: Older & { initial: string }) => ({ ...older, first: older.visits === 1 }),
    },
    erasable: { name: ({ customer }) => `customer:${customer}` },
  }),
  CustomerLeft: event<{ customer: string; why?: object }>(),
};

interface Golden {
  readonly origin: string;
  readonly subject: string;
  readonly subjectKey: string;
  readonly event: Record<'stream' | 'revision' | 'id' | 'type' | 'data' | 'metadata', string>;
}

const golden = JSON.parse(readFileSync('test/data/golden/customer-met.v1.json', 'utf8')) as Golden;

/** The bytes as they were stored once, read as a client reads them. */
const storedGolden: StoredEvent = {
  ...golden.event,
  revision: BigInt(golden.event.revision),
  position: 4096n,
  preparePosition: 4096n,
  data: JSON.parse(golden.event.data) as JsonObject,
  metadata: JSON.parse(golden.event.metadata) as JsonObject,
};

class KeysOf implements SubjectKeys {
  constructor(private readonly keys: Readonly<Record<string, string>>) {}
  find(subject: string): Promise<Uint8Array | undefined> {
    const key = this.keys[subject];
    return Promise.resolve(key === undefined ? undefined : Buffer.from(key, 'hex'));
  }
  async obtain(subject: string): Promise<Uint8Array> {
    return (await this.find(subject)) ?? Promise.reject(new RangeError(`no key for ${subject}`));
  }
}

const codecOver = (keys: SubjectKeys) => new EventCodec([customerEvents], new SubjectSealer(keys));

describe('the codec: golden bytes', () => {
  it('still bear the chain they were stored with', () =>
    expect(faultOf(storedGolden, golden.origin, undefined)).toBeUndefined());

  it('of version 1 read as today’s version, with the sealed value opened', async () => {
    const codec = codecOver(new KeysOf({ [golden.subject]: golden.subjectKey }));
    expect(await codec.decode(storedGolden)).toEqual({
      type: 'CustomerMet',
      data: { customer: 'c1', name: 'Ada Lovelace', initial: '?', visits: 3, first: false },
      id: golden.event.id,
      stream: 'customer-acme.c1',
      revision: 0n,
      position: 4096n,
      workspace: 'acme',
      at: '2024-06-12T20:00:00.000Z',
      actor: 'key:alice',
      commandId: 'command-1',
      correlationId: 'correlation-1',
      causationId: '',
    });
  });

  it('read as today’s version too when the value was erased', async () => {
    const { data } = await codecOver(new KeysOf({})).decode(storedGolden);
    expect(data).toEqual({ customer: 'c1', name: erased, initial: '?', visits: 3, first: false });
  });

  it('keep the value sealed for a projection', () => {
    const { data } = codecOver(new KeysOf({})).decodeSealed(storedGolden);
    expect(data).toMatchObject({ name: (storedGolden.data as JsonObject)['name'], first: false });
  });
});

describe('the codec: versions', () => {
  const codec = codecOver(new RepeatableKeys());
  const withSchema = (schema: string): StoredEvent => ({
    ...storedGolden,
    metadata: { ...storedGolden.metadata, 'a.schema': schema },
  });

  it('writes today’s', async () => {
    const { schema } = await codec.encode(met, contextOf(), 'salt');
    expect(schema).toBe(3);
  });

  it('applies only the upcasts that an event still needs', () => {
    const data = { ...(storedGolden.data as JsonObject), initial: 'A' };
    expect(codec.decodeSealed({ ...withSchema('2'), data }).data).toMatchObject({
      initial: 'A',
      first: false,
    });
  });

  it.each(['4', '0', '', '1.5', 'one'])('refuses an event of version "%s"', (schema) =>
    expect(() => codec.decodeSealed(withSchema(schema))).toThrow(
      expect.objectContaining({ code: 'log.unknown-schema' }),
    ),
  );

  it('refuses a type that nobody defined, and two definitions of one type', () => {
    expect(() => codec.decodeSealed({ ...storedGolden, type: 'Unheard' })).toThrow(
      expect.objectContaining({ code: 'log.unknown-type' }),
    );
    expect(
      () => new EventCodec([customerEvents, { CustomerLeft: event() }], new SubjectSealer(new KeysOf({}))),
    ).toThrow(RangeError);
  });

  it('refuses an event whose stream belongs to no workspace', () =>
    expect(() => codec.decodeSealed({ ...storedGolden, stream: 'customer' })).toThrow(
      expect.objectContaining({ code: 'log.no-workspace' }),
    ));
});

const met = {
  type: 'CustomerMet',
  data: { customer: 'c1', name: 'Ada Lovelace', initial: 'A', visits: 1, first: true },
};

/** What the log would hold of an event. */
async function storedOf(codec: EventCodec, data: object = met.data): Promise<StoredEvent> {
  const stream = streamName('customer', workspaceId('acme'), 'c1');
  const unlinked = await codec.encode({ type: 'CustomerMet', data }, contextOf(), 'ab'.repeat(16));
  const [linked] = linkEvents(golden.origin, stream, undefined, [unlinked]);
  return { ...linked!, stream, revision: 0n, position: 0n, preparePosition: 0n };
}

describe('the codec: erasable values', () => {
  it('are sealed at rest and given back as they were', async () => {
    const codec = codecOver(new RepeatableKeys());
    const stored = await storedOf(codec);
    expect(JSON.stringify(stored.data)).not.toContain('Lovelace');
    expect(stored.data).toMatchObject({ customer: 'c1', initial: 'A' });
    expect((await codec.decode(stored)).data).toEqual(met.data);
  });

  it('are sealed differently each time, so that equal values do not show', async () => {
    const codec = codecOver(new RepeatableKeys());
    const [one, two] = [await storedOf(codec), await storedOf(codec)];
    expect(one.data).not.toEqual(two.data);
  });

  it('are hashed as ciphertext: the chain holds without the key', async () => {
    const stored = await storedOf(codecOver(new RepeatableKeys()));
    expect(faultOf(stored, golden.origin, undefined)).toBeUndefined();
    const { data } = await codecOver(new KeysOf({})).decode(stored);
    expect(isJsonObject(data) && isErased(data['name'])).toBe(true);
  });

  it.each<[string, object]>([
    ['directly', { customer: 'c1', why: { $sealed: '1.0.0.0.0' } }],
    ['deep inside', { customer: 'c1', why: { list: [{ $sealed: '1.0.0.0.0' }] } }],
  ])('are not taken from whoever passes ciphertext off as data, %s', async (_where, data) => {
    const codec = codecOver(new RepeatableKeys());
    await expect(codec.encode({ type: 'CustomerLeft', data }, contextOf(), 'salt')).rejects.toMatchObject({
      code: 'json.refused',
    });
  });

  it('that are absent stay absent', async () => {
    const codec = codecOver(new RepeatableKeys());
    const { data } = await codec.encode(
      { type: 'CustomerMet', data: { ...met.data, name: undefined } },
      contextOf(),
      'salt',
    );
    expect(data).toStrictEqual({ customer: 'c1', initial: 'A', visits: 1, first: true });
  });
});
