import { systemContext } from '../../../domain/kernel/event.js';
import type { JsonObject } from '../../../domain/kernel/json.js';
import { streamName, workspaceId, type StreamName } from '../../../domain/kernel/names.js';
import { hashOf, linkEvents } from '../../eventstore/chain.js';
import { InMemoryEventLog } from '../../eventstore/in-memory-event-log.js';
import { CompactRange } from '../merkle/compact-range.js';
import { leafHash } from '../merkle/hashing.js';
import { parseCheckpoint } from '../notes/checkpoint.js';
import { signatureTypes, signerKey } from '../notes/note-key.js';
import { isSignedBy, parseNote } from '../notes/signed-note.js';
import { sealStream, type Seal } from '../sealing/seal-events.js';
import { Sealer, logNameOf, type SealerOptions } from '../sealing/sealer.js';
import { MemoryTileStore } from '../tiles/memory-tile-store.js';
import { TiledLog } from '../tiles/tiled-log.js';
import { isAudited } from '../verify-links.js';

export const origin = '0123456789abcdef0123456789abcdef';
export const signer = signerKey(logNameOf(origin), signatureTypes.ed25519, Buffer.alloc(32, 3));
export const filters = {
  '1': isAudited(new Set(['thing', 'seal'])),
  '2': isAudited(new Set(['thing', 'seal', 'other'])),
};

/** A log, its tiles, and honest people: everything that a sealer needs, in memory. */
export class World {
  readonly log = new InMemoryEventLog();
  readonly tiles = new MemoryTileStore();
  readonly published: Seal[] = [];
  private ids = 0;

  sealer(changes: Partial<SealerOptions> = {}): Sealer {
    return new Sealer({
      log: this.log,
      tiles: this.tiles,
      origin,
      keys: () => Promise.resolve([signer]),
      filters,
      filter: '1',
      clock: { now: () => Promise.resolve('2026-01-01T00:00:00.000Z') },
      ids: { next: () => `id-${this.ids++}`, salt: () => (this.ids++).toString(16).padStart(32, '0') },
      publish: (seal) => {
        this.published.push(seal);
        return Promise.resolve();
      },
      ...changes,
    });
  }

  async happens(category: string, workspace: string, id: string, data: JsonObject = { id }): Promise<void> {
    const stream = streamName(category, workspaceId(workspace), id);
    const last = await this.log.readLast(stream);
    const link = last && { revision: last.revision, hash: hashOf(last) ?? '' };
    const event = {
      type: 'ThingDone',
      schema: 1,
      data,
      salt: (this.ids++).toString(16).padStart(32, '0'),
      context: {
        ...systemContext(`command-${this.ids}`, '2026-01-01T00:00:00.000Z'),
        workspace: workspaceId(workspace),
      },
    };
    await this.log.append(stream, last?.revision ?? 'no_stream', linkEvents(origin, stream, link, [event]));
  }

  /** An administrator writes a stream's metadata: a leaf only to a filter that knows the category. */
  async administers(category: string, id: string): Promise<void> {
    const stream = `$$${category}-acme.${id}` as StreamName;
    const last = await this.log.readLast(stream);
    const event = { id: `meta-${this.ids++}`, type: '$metadata', data: { $maxAge: 1 }, metadata: {} };
    await this.log.append(stream, last?.revision ?? 'no_stream', [event]);
  }

  /** What an honest auditor finds: every seal's root follows from the entries that are stored, and none forks. */
  async audit(): Promise<number> {
    const seals = new Map<number, string>();
    for await (const { type, data } of this.log.read(sealStream)) {
      if (type !== 'Sealed') continue;
      const { size, root, checkpoint } = data as Seal;
      expect(seals.get(size) ?? root).toBe(root);
      seals.set(size, root);
      const note = parseNote(checkpoint);
      expect(isSignedBy(note, signer.verifier)).toBe(true);
      expect(parseCheckpoint(note.text)).toMatchObject({ origin: logNameOf(origin), size });
    }
    const range = CompactRange.empty();
    const newest = Math.max(0, ...seals.keys());
    const log = new TiledLog({ read: (path) => this.tiles.read(`origin/${path}`) });
    for await (const entry of log.entries(newest)) {
      range.append(leafHash(entry));
      const root = seals.get(range.size);
      if (root !== undefined) expect(range.root().toString('hex')).toBe(root);
    }
    return seals.size;
  }
}

/** @returns the leaves that were sealed */
export async function sealAll(sealer: Sealer): Promise<number> {
  let leaves = 0;
  for (;;) {
    const turn = await sealer.turn();
    if (turn.kind === 'sealed') leaves += turn.leaves;
    else return leaves;
  }
}
