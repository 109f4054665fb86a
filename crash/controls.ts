import { withStores } from '../apps/cli/stores.js';
import { messageOf } from '../domain/kernel/errors.js';
import { sources } from '../projections/reconciliation/sources.js';
import { deskControls } from './desk-controls.js';
import { check } from './oracle/check.js';
import { violationKinds, type ViolationKind } from './oracle/violations.js';
import { append, newestOf, type Control } from './plants.js';
import type { Scene } from './scene.js';

/** Whether every violation of a kind that was planted was found. */
export type Planted = Readonly<Record<ViolationKind, boolean>>;

const engineControls: readonly Control[] = [
  {
    kind: 'lost',
    says: /planted was acknowledged, and took no effect/,
    plant: (_stores, { acknowledgements }) =>
      acknowledgements.record({
        key: 'planted',
        effect: { type: 'SourceRegistered', trace: 'planted' },
        outcome: 'accepted',
        answer: { stream: 'source-crash.planted', revision: '0', position: '0', hash: '0' },
      }),
  },
  {
    // Under another id and well linked.
    kind: 'doubled',
    says: /SourceRegistered .* took effect 2 times/,
    plant: async (stores) => append(stores, await newestOf(stores, 'SourceRegistered')),
  },
  {
    kind: 'links',
    says: /upload-/,
    plant: async (stores) =>
      append(stores, await newestOf(stores, 'UploadRecorded'), { hash: '0'.repeat(64) }),
  },
  {
    // No event made the document so.
    kind: 'drift',
    says: /^drift: sources/,
    plant: async ({ store }) => {
      const [pointer] = (await store.pointers()).filter(({ name }) => name === sources.name);
      const model = { ...sources, ...pointer?.serving };
      for await (const before of store.live(model)) {
        const document = { ...before.document, version: 1_000_000 };
        await store.replace(model, before, { ...before, document, mark: (before.mark ?? 0) + 1 });
        return;
      }
    },
  },
  {
    kind: 'saga',
    says: /was answered 2 times/,
    plant: async (stores) => append(stores, await newestOf(stores, 'StepAccepted')),
  },
  {
    // The log has not come so far.
    kind: 'checkpoint',
    says: /^checkpoint: lane .* of sources/,
    plant: async ({ log, store }) => {
      const head = (await log.head()) ?? 0n;
      const [pointer] = (await store.pointers()).filter(({ name }) => name === sources.name);
      const model = { ...sources, ...pointer?.serving };
      const [saved] = await store.checkpoints(model);
      if (saved) await store.saveCheckpoint(model, { ...saved, position: head + 1_000_000n });
    },
  },
];

/** Plants violations in a scene that holds, one after another, and says which were found. */
export async function plantAll(scene: Scene, say: (line: string) => void): Promise<Planted> {
  return withStores(scene.configuration, async (stores) => {
    const found = Object.fromEntries(violationKinds.map((kind) => [kind, true])) as Record<
      ViolationKind,
      boolean
    >;
    let before = new Set((await check(stores, scene.witness)).lines);
    for (const { kind, says, plant } of [...deskControls, ...engineControls]) {
      try {
        await plant(stores, scene);
      } catch (error) {
        found[kind] = false;
        say(`${kind} ${String(says)} cannot be planted: ${messageOf(error)}`);
        continue;
      }
      const { lines } = await check(stores, scene.witness);
      const fresh = lines.filter((line) => !before.has(line));
      const isFound = fresh.some((line) => line.startsWith(`${kind}: `) && says.test(line));
      found[kind] &&= isFound;
      say(`planted, ${kind} ${String(says)}: ${isFound ? 'found' : 'NOT FOUND'}`);
      if (!isFound) for (const line of fresh) say(`  instead: ${line}`);
      before = new Set(lines);
    }
    return found;
  });
}
