import type { JsonObject, JsonValue } from '../../domain/kernel/json.js';
import type { WorkspaceId } from '../../domain/kernel/names.js';
import type { ReadModelPointer } from '../../domain/kernel/ports/read-model-pointers.js';
import {
  buildName,
  documentName,
  type Checkpoint,
  type DocumentKey,
  type Page,
  type PageRequest,
  type ReadModelStore,
  type ReadModelVersion,
  type StoredDocument,
  type TextRange,
  type UnkeyedEvent,
} from '../../domain/kernel/ports/read-model-store.js';
import { decodeCursor, encodeCursor } from './cursor.js';
import { documentRefusal } from './document-refusal.js';

interface Build {
  readonly documents: Map<string, StoredDocument>;
  /** By position; undefined: settled. */
  readonly unkeyed: Map<bigint, UnkeyedEvent | undefined>;
  readonly checkpoints: Map<string, Partial<Checkpoint> & Pick<Checkpoint, 'lane' | 'lanes'>>;
}

/** The port's contract without a server: for specifications and simulations. */
export class InMemoryReadModelStore implements ReadModelStore {
  private readonly builds = new Map<string, Build>();
  private readonly pointersByName = new Map<string, ReadModelPointer>();

  prepare(): Promise<void> {
    return Promise.resolve();
  }

  remove(model: ReadModelVersion): Promise<void> {
    this.builds.delete(buildName(model));
    return Promise.resolve();
  }

  refusal(document: JsonObject): string | undefined {
    return documentRefusal(document);
  }

  load(model: ReadModelVersion, keys: readonly DocumentKey[]): Promise<readonly StoredDocument[]> {
    return Promise.resolve(keys.flatMap((key) => this.of(model).documents.get(documentName(key)) ?? []));
  }

  write(model: ReadModelVersion, documents: readonly StoredDocument[]): Promise<readonly DocumentKey[]> {
    const stored = this.of(model).documents;
    const refused: DocumentKey[] = [];
    for (const document of documents) {
      const there = stored.get(documentName(document));
      if (there && there.position >= document.position) continue;
      if (there && there.mark !== document.mark) {
        refused.push({ workspace: document.workspace, id: document.id });
        continue;
      }
      stored.set(documentName(document), structuredClone(document));
    }
    return Promise.resolve(refused);
  }

  replace(
    model: ReadModelVersion,
    before: StoredDocument | undefined,
    after: StoredDocument,
  ): Promise<boolean> {
    const stored = this.of(model).documents;
    const there = stored.get(documentName(after));
    if (there?.position !== before?.position || there?.mark !== before?.mark) return Promise.resolve(false);
    stored.set(documentName(after), structuredClone(after));
    return Promise.resolve(true);
  }

  parkUnkeyed(model: ReadModelVersion, event: UnkeyedEvent): Promise<void> {
    const { unkeyed } = this.of(model);
    if (!unkeyed.has(event.position)) unkeyed.set(event.position, event);
    return Promise.resolve();
  }

  settleUnkeyed(
    model: ReadModelVersion,
    { position }: UnkeyedEvent,
    outcome: 'applied' | { readonly reason: string },
  ): Promise<void> {
    const { unkeyed } = this.of(model);
    const there = unkeyed.get(position);
    if (there) unkeyed.set(position, outcome === 'applied' ? undefined : { ...there, ...outcome });
    return Promise.resolve();
  }

  unkeyed(model: ReadModelVersion): Promise<readonly UnkeyedEvent[]> {
    const found = [...this.of(model).unkeyed.values()].flatMap((event) => event ?? []);
    return Promise.resolve(found.sort((one, other) => (one.position < other.position ? -1 : 1)));
  }

  async *parked(model: ReadModelVersion): AsyncIterable<StoredDocument> {
    for await (const stored of this.all(model)) if (stored.parked) yield stored;
  }

  checkpoints(model: ReadModelVersion): Promise<readonly Checkpoint[]> {
    return Promise.resolve(
      [...this.of(model).checkpoints.values()].flatMap(({ position, ...rest }) =>
        position === undefined ? [] : [{ ...rest, position }],
      ),
    );
  }

  saveCheckpoint(model: ReadModelVersion, checkpoint: Checkpoint): Promise<boolean> {
    const { checkpoints } = this.of(model);
    const id = `${checkpoint.lanes}/${checkpoint.lane}`;
    const saved = checkpoints.get(id);
    if (isFenced(saved?.token, checkpoint.token)) return Promise.resolve(false);
    if (saved?.position === undefined || saved.position < checkpoint.position)
      checkpoints.set(id, { ...saved, ...checkpoint });
    return Promise.resolve(true);
  }

  fence(
    model: ReadModelVersion,
    lane: Required<Pick<Checkpoint, 'lane' | 'lanes' | 'token'>>,
  ): Promise<boolean> {
    const { checkpoints } = this.of(model);
    const id = `${lane.lanes}/${lane.lane}`;
    const saved = checkpoints.get(id);
    if (isFenced(saved?.token, lane.token)) return Promise.resolve(false);
    checkpoints.set(id, { ...saved, ...lane });
    return Promise.resolve(true);
  }

  get(model: ReadModelVersion, key: DocumentKey): Promise<StoredDocument | undefined> {
    return Promise.resolve(this.of(model).documents.get(documentName(key)));
  }

  async page(
    model: ReadModelVersion,
    workspace: WorkspaceId,
    request: PageRequest,
  ): Promise<Page<StoredDocument>> {
    await Promise.resolve();
    const { limit, cursor } = request;
    const after = cursor === undefined ? '' : decodeCursor(cursor);
    const matching = [...this.of(model).documents.values()]
      .filter(({ document }) => document && isAskedFor(document, request))
      .filter((stored) => stored.workspace === workspace && stored.id > after)
      .sort((one, other) => (one.id < other.id ? -1 : 1));
    const items = matching.slice(0, limit);
    const last = items.at(-1);
    return matching.length > limit && last ? { items, next: encodeCursor(last.id) } : { items };
  }

  async *all(model: ReadModelVersion): AsyncIterable<StoredDocument> {
    await Promise.resolve();
    yield* this.of(model).documents.values();
  }

  async *live(model: ReadModelVersion): AsyncIterable<StoredDocument> {
    for await (const stored of this.all(model)) if (stored.document) yield stored;
  }

  async due(model: ReadModelVersion, atMost: string, limit: number): Promise<readonly StoredDocument[]> {
    await Promise.resolve();
    const { due } = model;
    if (due === undefined) throw new RangeError(`${model.name} names no field that says when it is due`);
    return [...this.of(model).documents.values()]
      .flatMap((stored) => {
        const at = stored.document?.[due];
        return typeof at === 'string' && at <= atMost
          ? [{ stored, order: [at, documentName(stored)] as const }]
          : [];
      })
      .sort(({ order: [at, name] }, { order: [otherAt, otherName] }) =>
        at === otherAt ? (name < otherName ? -1 : 1) : at < otherAt ? -1 : 1,
      )
      .slice(0, limit)
      .map(({ stored }) => stored);
  }

  pointers(): Promise<readonly ReadModelPointer[]> {
    return Promise.resolve([...this.pointersByName.values()]);
  }

  pointer(name: string): Promise<ReadModelPointer | undefined> {
    return Promise.resolve(this.pointersByName.get(name));
  }

  replacePointer(after: ReadModelPointer): Promise<boolean> {
    const revision = this.pointersByName.get(after.name)?.revision ?? -1;
    if (revision !== after.revision - 1) return Promise.resolve(false);
    this.pointersByName.set(after.name, after);
    return Promise.resolve(true);
  }

  private of(model: ReadModelVersion): Build {
    const name = buildName(model);
    const existing = this.builds.get(name);
    if (existing) return existing;
    const made = { documents: new Map(), unkeyed: new Map(), checkpoints: new Map() } as Build;
    this.builds.set(name, made);
    return made;
  }
}

function isAskedFor(document: JsonObject, { where = {}, within = {}, holding = {} }: PageRequest): boolean {
  const isWithin = (value: JsonValue | undefined, { atLeast = '', below }: TextRange): boolean =>
    typeof value === 'string' && value >= atLeast && (below === undefined || value < below);
  return (
    Object.entries(where).every(([field, value]) => document[field] === value) &&
    Object.entries(within).every(([field, range]) => isWithin(document[field], range)) &&
    Object.entries(holding).every(([field, text]) => {
      const value = document[field];
      return typeof value === 'string' && value.includes(text);
    })
  );
}

function isFenced(stored: bigint | undefined, token: bigint | undefined): boolean {
  return stored !== undefined && token !== undefined && stored > token;
}
