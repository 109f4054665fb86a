import type { JsonObject } from '../../../domain/kernel/json.js';
import type { EventLog } from '../../../domain/kernel/ports/event-log.js';
import {
  documentName,
  type ReadModelStore,
  type StoredDocument,
} from '../../../domain/kernel/ports/read-model-store.js';
import type { AnyProjection } from '../../../projections/kernel/projection.js';
import { canonicalJson } from '../../eventstore/canonical-json.js';
import type { EventCodec } from '../../eventstore/event-codec.js';
import { foldOne, keysOf } from './fold.js';
import { appliedOf } from './projection-runner.js';

export interface Drift {
  readonly document: string;
  readonly difference: 'missing' | 'superfluous' | 'different';
}

export interface ReplayReport {
  readonly readModel: string;
  readonly version: number;
  readonly documents: number;
  /** Position up to which everything is in the read model; null before its first checkpoint. */
  readonly applied: string | null;
  readonly drift: readonly Drift[];
}

export interface ReplayPorts {
  readonly log: EventLog;
  readonly store: ReadModelStore;
  readonly codec: EventCodec;
  readonly onProgress?: (position: bigint, events: number) => void;
}

interface Rebuilt {
  readonly projection: AnyProjection;
  readonly applied: bigint | undefined;
  /** What is stored, by its position and content. */
  readonly stored: ReadonlyMap<string, { readonly position: bigint; readonly content: string }>;
  readonly documents: Map<string, StoredDocument>;
}

const progressEvery = 1000;

/**
 * Rebuilds read models in memory and compares them with what is stored, also while they are being written:
 * a document holds exactly its events up to the later of its own position and its read model's checkpoint, as it
 * stood before the documents were read.
 */
export async function checkReplay(
  projections: readonly AnyProjection[],
  ports: ReplayPorts,
): Promise<ReplayReport[]> {
  const { log, codec, onProgress } = ports;
  const rebuilt: Rebuilt[] = [];
  for (const projection of projections) rebuilt.push(await takeStock(projection, ports.store));
  let seen = 0;
  for await (const stored of log.readAll()) {
    if (++seen % progressEvery === 0) onProgress?.(stored.position, seen);
    if (!codec.isOurs(stored) || !rebuilt.some(({ projection }) => Object.hasOwn(projection.on, stored.type)))
      continue;
    const event = codec.decodeSealed(stored);
    for (const model of rebuilt)
      for (const key of keysOf(model.projection, event)) {
        const id = documentName(key);
        if (event.position > limitOf(model, id)) continue;
        const after = foldOne(model.projection, model.documents.get(id), event, key);
        if (after) model.documents.set(id, after);
      }
  }
  return rebuilt.map(reportOf);
}

async function takeStock(projection: AnyProjection, store: ReadModelStore): Promise<Rebuilt> {
  const applied = appliedOf(await store.checkpoints(projection));
  const stored = new Map<string, { position: bigint; content: string }>();
  for await (const document of store.all(projection))
    stored.set(documentName(document), {
      position: document.position,
      content: contentOf(document.document),
    });
  return { projection, applied, stored, documents: new Map() };
}

function limitOf({ applied = -1n, stored }: Rebuilt, id: string): bigint {
  const own = stored.get(id)?.position ?? -1n;
  return own > applied ? own : applied;
}

function reportOf({ projection, applied, stored, documents }: Rebuilt): ReplayReport {
  const drift: Drift[] = [];
  for (const [id, { position, document }] of documents) {
    const found = stored.get(id);
    if (!found) drift.push({ document: id, difference: 'missing' });
    else if (found.position !== position || found.content !== contentOf(document))
      drift.push({ document: id, difference: 'different' });
  }
  for (const id of stored.keys())
    if (!documents.has(id)) drift.push({ document: id, difference: 'superfluous' });
  return {
    readModel: projection.name,
    version: projection.version,
    documents: documents.size,
    applied: applied?.toString() ?? null,
    drift,
  };
}

function contentOf(document: JsonObject | undefined): string {
  return document === undefined ? 'deleted' : canonicalJson(document);
}
