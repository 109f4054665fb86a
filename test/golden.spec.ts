import { readFileSync, readdirSync } from 'node:fs';
import { deciders, eventTables, projections } from '../apps/config/contexts.js';
import { evolve } from '../domain/kernel/decider.js';
import { InvariantBroken } from '../domain/kernel/errors.js';
import type { JsonObject } from '../domain/kernel/json.js';
import type { StoredEvent } from '../domain/kernel/ports/event-log.js';
import { nettingEvents, settlementEvents } from '../domain/reconciliation/settlement/events.js';
import { faultOf } from '../infra/eventstore/chain.js';
import { EventCodec, type Sealer } from '../infra/eventstore/event-codec.js';
import { foldOne, keysOf } from '../infra/engine/projections/fold.js';

const folder = new URL('data/golden/reconciliation/', import.meta.url);

interface Golden {
  readonly origin: string;
  readonly event: Record<'stream' | 'revision' | 'id' | 'type' | 'data' | 'metadata', string>;
}

const files = readdirSync(folder).sort();
const goldenOf = (file: string): Golden => JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Golden;

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

const nothingSealed: Sealer = {
  seal: () => Promise.reject(new InvariantBroken('golden.sealed', 'none of these is sealed')),
  open: () => Promise.reject(new InvariantBroken('golden.sealed', 'none of these is sealed')),
};
const codec = new EventCodec(eventTables, nothingSealed);

describe.each(files)('the golden event %s', (file) => {
  const golden = goldenOf(file);
  const stored = storedOf(golden);

  it('bears the chain it was stored with', () =>
    expect(faultOf(stored, golden.origin, undefined)).toBeUndefined());

  it('reads as it was written', async () => {
    const { type, data } = await codec.decode(stored);
    expect({ type, data }).toEqual({
      type: golden.event.type,
      data: JSON.parse(golden.event.data) as JsonObject,
    });
  });

  it('is taken by its aggregate and by every read model that knows it', async () => {
    const event = await codec.decode(stored);
    const decider = deciders.find(({ category }) => stored.stream.startsWith(`${category}-`))!;
    expect(() => evolve(decider, decider.initial, event)).not.toThrow();
    for (const projection of projections.filter(({ on }) => Object.hasOwn(on, event.type)))
      for (const key of keysOf(projection, event))
        expect(() => foldOne(projection, undefined, event, key)).not.toThrow();
  });
});

it('there is one for every event of netting and settlement', () => {
  const types = new Set(files.map((file) => goldenOf(file).event.type));
  for (const type of Object.keys({ ...nettingEvents, ...settlementEvents })) expect(types).toContain(type);
});
