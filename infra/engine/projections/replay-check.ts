import type { EventLog } from '../../../domain/kernel/ports/event-log.js';
import {
  documentName,
  type ReadModelStore,
  type StoredDocument,
} from '../../../domain/kernel/ports/read-model-store.js';
import type { AnyProjection } from '../../../projections/kernel/projection.js';
import { canonicalJson } from '../../eventstore/canonical-json.js';
import type { EventCodec } from '../../eventstore/event-codec.js';
import { decodedKeys } from './decoded-keys.js';
import { foldOne } from './fold.js';
import { parkedListing, unkeyedListing, type ParkedListing } from './parked-listing.js';
import { parkedPositions } from './parking.js';
import { appliedOf } from './positions.js';
import { readBuild } from './pointer-changes.js';

export interface Drift {
  readonly document: string;
  readonly difference: 'missing' | 'superfluous' | 'different' | 'unreadable';
}

export interface ReplayReport {
  readonly readModel: string;
  readonly version: number;
  readonly build: number;
  readonly documents: number;
  /** Position up to which everything is in the read model; null before its first checkpoint. */
  readonly applied: string | null;
  readonly drift: readonly Drift[];
  /** What is parked is no drift: the read model says itself that it misses it. */
  readonly parked: readonly ParkedListing[];
}

export interface ReplayPorts {
  readonly log: EventLog;
  readonly store: ReadModelStore;
  readonly codec: EventCodec;
  readonly onProgress?: (position: bigint, events: number) => void;
}

interface Kept {
  readonly position: bigint;
  readonly content: string;
  /** Positions that must be parked, and were not met in the log yet. */
  readonly parked: Set<bigint> | undefined;
}

interface Rebuilt {
  readonly projection: AnyProjection;
  readonly applied: bigint | undefined;
  readonly stored: ReadonlyMap<string, Kept>;
  readonly unkeyed: ReadonlySet<bigint>;
  readonly parked: readonly ParkedListing[];
  readonly documents: Map<string, StoredDocument>;
  /** Documents that are not compared: an event that is parked by itself belongs to them. */
  readonly excused: Set<string>;
  readonly drift: Map<string, Drift['difference']>;
}

const progressEvery = 1000;

/**
 * Rebuilds read models in memory and compares them with what is stored, also while they are being written: a document
 * holds exactly its events up to the later of its own position and its read model's checkpoint, as it stood before the
 * documents were read. Where an event is parked, a document holds its events before that one, and names all later ones.
 *
 * Of each read model the build is checked that queries read.
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
    for (const model of rebuilt) {
      const found = decodedKeys(model.projection, codec, stored);
      if (!found) continue;
      if (found.kind === 'unkeyed') expectUnkeyed(model, stored.position);
      else if (model.unkeyed.has(stored.position))
        for (const key of found.keys) model.excused.add(documentName(key));
      else for (const key of found.keys) foldInto(model, found.event, key);
    }
  }
  return rebuilt.map(reportOf);
}

async function takeStock(projection: AnyProjection, store: ReadModelStore): Promise<Rebuilt> {
  const pointer = await store.pointer(projection.name);
  const model = pointer ? { ...projection, ...readBuild(pointer, projection.version) } : projection;
  const applied = appliedOf(await store.checkpoints(model));
  const stored = new Map<string, Kept>();
  const drift: Rebuilt['drift'] = new Map();
  const parked: ParkedListing[] = [];
  for await (const document of store.all(model, (name) => drift.set(name, 'unreadable'))) {
    stored.set(documentName(document), {
      position: document.position,
      content: contentOf(document),
      parked: document.parked && new Set(parkedPositions(document)),
    });
    parked.push(...parkedListing(model, document));
  }
  const unkeyed = await store.unkeyed(model);
  parked.push(...unkeyed.map((event) => unkeyedListing(model, event)));
  return {
    projection: model,
    applied,
    stored,
    unkeyed: new Set(unkeyed.map(({ position }) => position)),
    parked,
    documents: new Map(),
    excused: new Set(),
    drift,
  };
}

/** An event whose documents cannot be told is parked by itself, once everything up to it is applied. */
function expectUnkeyed({ applied, unkeyed, drift }: Rebuilt, position: bigint): void {
  if (applied !== undefined && position <= applied && !unkeyed.has(position))
    drift.set(`the event at ${position}`, 'missing');
}

function foldInto(
  { projection, applied = -1n, stored, documents, drift }: Rebuilt,
  event: Parameters<typeof foldOne>[2],
  key: Parameters<typeof foldOne>[3],
): void {
  const name = documentName(key);
  const kept = stored.get(name);
  const own = kept?.position ?? -1n;
  if (kept?.parked && event.position > own) {
    // Everything behind a parked event must be listed; what is not applied yet may be.
    if (!kept.parked.delete(event.position) && event.position <= applied) drift.set(name, 'different');
    return;
  }
  if (event.position > (own > applied ? own : applied)) return;
  try {
    const after = foldOne(projection, documents.get(name), event, key);
    if (after) documents.set(name, after);
  } catch {
    drift.set(name, 'different');
  }
}

function reportOf(model: Rebuilt): ReplayReport {
  const { projection, applied, stored, documents, drift, excused, parked } = model;
  const note = (name: string, difference: Drift['difference']): void => {
    if (!excused.has(name) && !drift.has(name)) drift.set(name, difference);
  };
  for (const [name, document] of documents) {
    const found = stored.get(name);
    if (!found) note(name, 'missing');
    else if (found.position !== document.position || found.content !== contentOf(document))
      note(name, 'different');
  }
  for (const [name, { content, parked: unmet }] of stored) {
    if (!documents.has(name) && content !== hidden) note(name, 'superfluous');
    if (unmet && unmet.size > 0) note(name, 'different');
  }
  return {
    readModel: projection.name,
    version: projection.version,
    build: projection.build ?? 0,
    documents: documents.size,
    applied: applied?.toString() ?? null,
    drift: [...drift].map(([document, difference]) => ({ document, difference })),
    parked,
  };
}

const hidden = 'hidden';

function contentOf({ document, position }: Pick<StoredDocument, 'document' | 'position'>): string {
  if (document === undefined) return position < 0n ? hidden : 'deleted';
  return canonicalJson(document);
}
