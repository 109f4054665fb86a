import type { JsonObject } from '../../domain/kernel/json.js';
import { documentName } from '../../domain/kernel/ports/read-model-store.js';
import { canonicalJson } from '../../infra/eventstore/canonical-json.js';
import { projections } from '../bank/read-models.js';
import type { World } from '../world.js';
import { claimedBy } from './witnessed-store.js';
import { replayed } from './replayed.js';

/** Every build of every read model that is fed, held against a replay from scratch. */
export async function checkReadModels({ log, store, codec, findings }: World): Promise<void> {
  const events = log.landed.map(({ event }) => event);
  for (const projection of projections) {
    const expected = replayed(projection, events, codec);
    for (const { version, build, state } of (await store.pointer(projection.name))?.builds ?? []) {
      if (state !== 'live') continue;
      const label = `${projection.name} v${version} b${build}`;
      const stored = new Map<string, { position: bigint; text: string }>();
      for await (const document of store.all({ ...projection, version, build }))
        stored.set(documentName(document), { position: document.position, text: textOf(document.document) });
      for (const [name, { position, document }] of expected) {
        const found = stored.get(name);
        findings.expect(
          found?.position === position && found.text === textOf(document),
          'read-model.differs',
          () => `${label} ${name}: ${found?.text ?? 'missing'} instead of ${textOf(document)}`,
        );
      }
      for (const name of stored.keys())
        findings.expect(expected.has(name), 'read-model.differs', () => `${label} ${name} is superfluous`);
    }
  }
}

/** True when the checkpoints of every build that is fed have reached the end of the log. */
export async function haveCaughtUp({ log, store }: World): Promise<boolean> {
  const head = log.landed.at(-1)?.event.position;
  for (const projection of projections)
    for (const { version, build, state } of (await store.pointer(projection.name))?.builds ?? []) {
      if (state === 'filling') return false;
      if (state !== 'live') continue;
      const claimed = claimedBy(await store.checkpoints({ ...projection, version, build }));
      if (head !== undefined && (claimed === undefined || claimed < head)) return false;
    }
  return true;
}

function textOf(document: JsonObject | undefined): string {
  return document === undefined ? 'deleted' : canonicalJson(document);
}
