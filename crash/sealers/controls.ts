import { streamName, workspaceId } from '../../domain/kernel/names.js';
import { systemContext } from '../../domain/kernel/event.js';
import { SigningKeys } from '../../infra/audit/keys/signing-keys.js';
import { checkpointText } from '../../infra/audit/notes/checkpoint.js';
import { encodeNote, signNote } from '../../infra/audit/notes/signed-note.js';
import {
  readSealState,
  sealStream,
  type SealIntent,
  type Seal,
} from '../../infra/audit/sealing/seal-events.js';
import { toStorableJson } from '../../infra/eventstore/canonical-json.js';
import { LinkedWriter } from '../../infra/eventstore/linked-writer.js';
import { randomIds } from '../../infra/system/random-ids.js';
import { systemClock } from '../../infra/system/system-clock.js';
import { violationKinds, type ViolationKind } from './oracle.js';
import type { Scene } from './scene.js';
import { olderCategory } from './versions.js';

export type Planted = Readonly<Record<ViolationKind, boolean>>;

/** By then a sealer that runs has sealed what was appended. */
const plantedWithinMs = 3000;

const plants: Readonly<Record<ViolationKind, (scene: Scene) => Promise<void>>> = {
  /** Nobody seals any more. */
  stuck: async ({ older, newer, writer }) => {
    await Promise.all([older.kill(), newer.kill()]);
    await writer.writeOne();
  },

  /** Somebody who has the key seals the last size once more, with another root. */
  twoRoots: async (scene) => {
    const { log, origin, places, name } = scene;
    const { sealed } = (await readSealState(log)).state;
    if (!sealed) throw new Error('nothing is sealed');
    const key = await new SigningKeys(name, { kind: 'files', directory: places.keys }).newest();
    const root = Buffer.alloc(32, 9);
    const text = checkpointText({ origin: name, size: sealed.size, root, extensions: [] });
    const n = sealed.n + 1;
    const hex = root.toString('hex');
    const { size, to, filter } = sealed;
    const intent: SealIntent = { n, size, root: hex, from: to, to, count: 0, filter, cfg: null };
    const seal: Seal = {
      n,
      size,
      root: hex,
      checkpoint: encodeNote({ text, signatures: [signNote(text, key)] }),
    };
    const writer = new LinkedWriter(log, origin);
    for (const [type, data] of [
      ['SealIntent', intent],
      ['Sealed', seal],
    ] as const)
      await writer.append(sealStream, [
        {
          type,
          schema: 1,
          data: toStorableJson(data),
          salt: randomIds.salt(),
          context: systemContext(randomIds.next(), await systemClock.now()),
        },
      ]);
  },

  /** A sealer meets what was not written as it says, and signs nothing any more. */
  falseIncident: async ({ log, newer }) => {
    const stream = streamName(olderCategory, workspaceId('acme'), 'planted');
    await log.append(stream, 'no_stream', [
      { id: randomIds.next(), type: 'ThingDone', data: {}, metadata: {} },
    ]);
    await newer.start();
    const giveUpAt = performance.now() + plantedWithinMs * 3;
    while (newer.incidents.length === 0 && performance.now() < giveUpAt)
      await new Promise((resume) => setTimeout(resume, 20));
  },
};

/** Plants a violation of each kind in a scene that holds, one after another, and says which were found. */
export async function plantAll(scene: Scene, say: (line: string) => void): Promise<Planted> {
  const found: Record<string, boolean> = {};
  // The first one ends both sealers, so that nothing that is planted is sealed over.
  for (const kind of ['stuck', 'twoRoots', 'falseIncident'] as const) {
    await plants[kind](scene);
    const { violations } = await scene.examine(plantedWithinMs);
    found[kind] = violations.some((one) => one.kind === kind);
    say(`planted, ${kind}: ${found[kind] ? 'found' : 'NOT FOUND'}`);
  }
  return Object.fromEntries(violationKinds.map((kind) => [kind, found[kind] ?? false])) as Planted;
}
