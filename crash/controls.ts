import { randomUUID } from 'node:crypto';
import { withStores, type Stores } from '../apps/cli/stores.js';
import { systemContext } from '../domain/kernel/event.js';
import { parseStreamName, type StreamName } from '../domain/kernel/names.js';
import type { StoredEvent } from '../domain/kernel/ports/event-log.js';
import type { JsonObject } from '../domain/kernel/json.js';
import { hashOf, linkEvents } from '../infra/eventstore/chain.js';
import { randomIds } from '../infra/system/random-ids.js';
import { sources } from '../projections/reconciliation/sources.js';
import { check } from './oracle/check.js';
import { objectOf } from './oracle/effects.js';
import { violationKinds, type ViolationKind } from './oracle/violations.js';
import type { Scene } from './scene.js';

export type Planted = Readonly<Record<ViolationKind, boolean>>;

type Plant = (stores: Stores, scene: Scene) => Promise<void>;

const plants: Readonly<Record<ViolationKind, Plant>> = {
  /** Somebody was told of what never happened. */
  lost: (_stores, { acknowledgements }) =>
    acknowledgements.record({
      key: 'planted',
      effect: { type: 'SourceRegistered', trace: 'planted' },
      outcome: 'accepted',
      answer: { stream: 'source-crash.planted', revision: '0', position: '0', hash: '0' },
    }),

  /** The same effect once more, under another id and well linked. */
  doubled: async (stores) => {
    await append(stores, await newestOf(stores, 'SourceRegistered'));
  },

  /** Something in a stream that is not its predecessor's. */
  links: async (stores) => {
    await append(stores, await newestOf(stores, 'UploadRecorded'), { hash: '0'.repeat(64) });
  },

  /** A document that no event made so. */
  drift: async ({ store }) => {
    const [pointer] = (await store.pointers()).filter(({ name }) => name === sources.name);
    const model = { ...sources, ...pointer?.serving };
    for await (const before of store.live(model)) {
      const document = { ...before.document, version: 1_000_000 };
      await store.replace(model, before, { ...before, document, mark: (before.mark ?? 0) + 1 });
      return;
    }
  },

  /** A step that is answered twice. */
  saga: async (stores) => {
    await append(stores, await newestOf(stores, 'StepAccepted'));
  },

  /** A checkpoint where the log has not come to. */
  checkpoint: async ({ log, store }) => {
    const head = (await log.head()) ?? 0n;
    const [pointer] = (await store.pointers()).filter(({ name }) => name === sources.name);
    const model = { ...sources, ...pointer?.serving };
    const [saved] = await store.checkpoints(model);
    if (saved) await store.saveCheckpoint(model, { ...saved, position: head + 1_000_000n });
  },
};

/** Plants a violation of each kind in a scene that holds, one after another, and says which were found. */
export async function plantAll(scene: Scene, say: (line: string) => void): Promise<Planted> {
  return withStores(scene.configuration, async (stores) => {
    const found: Record<string, boolean> = {};
    let before = await check(stores, scene.witness);
    for (const kind of violationKinds) {
      await plants[kind](stores, scene);
      const after = await check(stores, scene.witness);
      found[kind] = after.counts[kind] > before.counts[kind];
      say(`planted, ${kind}: ${found[kind] ? 'found' : 'NOT FOUND'}`);
      before = after;
    }
    return found as Planted;
  });
}

async function newestOf({ log }: Stores, type: string): Promise<StoredEvent> {
  let newest: StoredEvent | undefined;
  for await (const event of log.readAll()) if (event.type === type) newest = event;
  if (!newest) throw new Error(`the log holds no ${type}`);
  return newest;
}

/** Appends what an event says once more at the end of its stream, linked to `link` instead of the last event if given. */
async function append(
  { log }: Stores,
  { stream, type, data, metadata }: StoredEvent,
  link?: { readonly hash: string },
): Promise<void> {
  const last = await log.readLast(stream);
  if (!last) throw new Error(`${stream} is empty`);
  const { workspace } = parseStreamName(stream) ?? {};
  const context = systemContext(randomIds.next(), String(metadata['a.at']));
  const name = stream as StreamName;
  const linked = linkEvents(
    String(metadata['a.origin']),
    name,
    { revision: last.revision, hash: link?.hash ?? hashOf(last) ?? '' },
    [
      {
        type,
        schema: Number(metadata['a.schema']),
        data: objectOf(data) satisfies JsonObject,
        context: { ...context, ...(workspace && { workspace }) },
        salt: randomUUID().replaceAll('-', ''),
      },
    ],
  );
  await log.append(name, last.revision, linked);
}
