import { hash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { deciders, eventTables, projections } from '../apps/config/contexts.js';
import { evolve } from '../domain/kernel/decider.js';
import type { JsonObject } from '../domain/kernel/json.js';
import type { StreamName } from '../domain/kernel/names.js';
import type { SubjectKeys } from '../domain/kernel/ports/subject-keys.js';
import type { StoredEvent } from '../domain/kernel/ports/event-log.js';
import { sealStateOf } from '../infra/audit/sealing/seal-events.js';
import { parseCheckpoint } from '../infra/audit/notes/checkpoint.js';
import { decodeVerifierKey } from '../infra/audit/notes/note-key.js';
import { isSignedBy, parseNote } from '../infra/audit/notes/signed-note.js';
import { foldOne, keysOf } from '../infra/engine/projections/fold.js';
import { IdempotencyStreams } from '../infra/engine/commands/idempotency-stream.js';
import { faultOf } from '../infra/eventstore/chain.js';
import { EventCodec } from '../infra/eventstore/event-codec.js';
import { InMemoryEventLog } from '../infra/eventstore/in-memory-event-log.js';
import { originStream, readOrigin } from '../infra/eventstore/origin.js';
import { SubjectSealer } from '../infra/keys/sealing.js';
import { randomIds } from '../infra/system/random-ids.js';

const root = new URL('data/golden/', import.meta.url);

interface Golden {
  readonly origin: string;
  /** What it links to; left out: it is the first of its stream. */
  readonly after?: { readonly revision: string; readonly hash: string };
  readonly event: Record<'stream' | 'revision' | 'id' | 'type' | 'data' | 'metadata', string>;
  /** Its data where erasable values are opened; left out: there are none. */
  readonly opened?: JsonObject;
}

const linkedFolders = ['audit', 'engine', 'reconciliation', 'tenancy'];
const files = linkedFolders.flatMap((folder) =>
  readdirSync(new URL(folder, root))
    .sort()
    .map((name) => `${folder}/${name}`),
);
const goldenOf = (file: string): Golden => JSON.parse(readFileSync(new URL(file, root), 'utf8')) as Golden;

/** The bytes as they were stored once, read as a client reads them. */
function storedOf({ event }: Golden): StoredEvent {
  return {
    ...event,
    revision: BigInt(event.revision),
    position: 4096n,
    preparePosition: 4096n,
    data: JSON.parse(event.data) as JsonObject,
    metadata: JSON.parse(event.metadata) as JsonObject,
  };
}

/** Those that the sealed ones were sealed with. */
const keyOf = (subject: string): Promise<Uint8Array> => Promise.resolve(hash('sha256', subject, 'buffer'));
const keys: SubjectKeys = { obtain: keyOf, find: keyOf };
const codec = new EventCodec(eventTables, new SubjectSealer(keys));
/** Is read by itself, by whoever asks which log this is. */
const isOrigin = (file: string): boolean => goldenOf(file).event.stream === originStream;

describe.each(files)('the golden event %s', (file) => {
  const golden = goldenOf(file);
  const { after } = golden;

  it('bears the chain it was stored with', () =>
    expect(
      faultOf(
        storedOf(golden),
        golden.origin,
        after && { revision: BigInt(after.revision), hash: after.hash },
      ),
    ).toBeUndefined());
});

describe.each(files.filter((file) => !isOrigin(file)))('the golden event %s', (file) => {
  const golden = goldenOf(file);
  const stored = storedOf(golden);

  it('reads as it was written', async () => {
    const { type, data } = await codec.decode(stored);
    const written = golden.opened ?? (JSON.parse(golden.event.data) as JsonObject);
    expect({ type, data }).toEqual({ type: golden.event.type, data: written });
  });

  it('is taken by its aggregate and by every read model that knows it', async () => {
    const event = await codec.decode(stored);
    const decider = deciders.find(({ category }) => stored.stream.startsWith(`${category}-`));
    if (decider) expect(() => evolve(decider, decider.initial, event)).not.toThrow();
    const sealed = codec.decodeSealed(stored);
    for (const projection of projections.filter(({ on }) => Object.hasOwn(on, event.type)))
      for (const key of keysOf(projection, sealed))
        expect(() => foldOne(projection, undefined, sealed, key)).not.toThrow();
  });
});

it('there is one for every event that there is', () => {
  const types = new Set(files.map((file) => goldenOf(file).event.type));
  for (const type of ['OriginCreated', ...eventTables.flatMap((table) => Object.keys(table))])
    expect(types).toContain(type);
});

describe('what was stored once without an aggregate', () => {
  const storedAt = (file: string): StoredEvent => storedOf(goldenOf(file));

  it('names the log', async () => {
    const { id, type, data, metadata } = storedAt('audit/origin-created.v1.json');
    const log = new InMemoryEventLog();
    await log.append(originStream, 'no_stream', [
      { id, type, data: data as JsonObject, metadata: metadata as Record<string, string> },
    ]);
    expect(await readOrigin(log)).toBe(goldenOf('audit/origin-created.v1.json').origin);
  });

  it('is the intent and the seal that a sealer goes on from', () => {
    const [intent, sealed] = ['audit/seal-intent.v1.json', 'audit/sealed.v1.json'].map(storedAt);
    const before = sealStateOf([intent!]);
    expect(before.pending).toMatchObject({ n: 1, size: 3, from: '', to: '4096', count: 12, filter: '1' });
    const { sealed: stands, pending } = sealStateOf([intent!, sealed!]);
    expect({ stands, pending }).toMatchObject({ stands: { n: 1, size: 3, to: '4096' }, pending: undefined });
    const note = parseNote(stands!.checkpoint);
    expect(isSignedBy(note, decodeVerifierKey(before.pending!.cfg!.key))).toBe(true);
    expect(parseCheckpoint(note.text)).toMatchObject({
      size: 3,
      origin: `axion/${goldenOf('audit/sealed.v1.json').origin}`,
    });
  });

  it.each(['attempt', 'answered'])('keeps a key from being used twice (%s)', async (name) => {
    const { stream, id, type, data } = storedAt(`idempotency/${name}.json`);
    const log = new InMemoryEventLog();
    await log.append(stream as StreamName, 'no_stream', [
      { id, type, data: data as JsonObject, metadata: {} },
    ]);
    const streams = new IdempotencyStreams(log, randomIds);
    const same = {
      workspace: 'acme',
      principal: 'key:k1',
      route: '/v1/reconciliation/sources',
      key: 'once',
    } as never;
    expect(streams.streamOf(same)).toBe(stream);
    const fingerprint = (content: string) => ({ ...(same as object), content }) as never;
    const { first, outcome } = await streams.read(stream as StreamName, fingerprint('{"once":true}'));
    expect(first?.commandId).toBe('5aebc3dd-5ec0-8452-a613-dcf213a12e0f');
    expect(outcome?.kind).toBe(name === 'attempt' ? undefined : 'rejected');
    await expect(streams.read(stream as StreamName, fingerprint('{"once":false}'))).rejects.toThrow(
      'was used with another request',
    );
  });
});
