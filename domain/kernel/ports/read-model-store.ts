import type { JsonObject } from '../json.js';
import type { WorkspaceId } from '../names.js';
import type { ReadModelPointers } from './read-model-pointers.js';

/** One build of one version of a read model: its own documents and its own checkpoints (rule P5). */
export interface ReadModelVersion {
  readonly name: string;
  readonly version: number;
  /** Which build of the version, from 0, which is meant when it is left out: every rebuild makes the next. */
  readonly build?: number;
  /** Fields that lists filter by, beside the workspace. */
  readonly indexes: readonly (readonly string[])[];
  /** A field that holds an RFC 3339 text, UTC, milliseconds: what `due` finds documents by. */
  readonly due?: string;
}

/** The name of a build: `<name>_v<version>` for the first, `<name>_v<version>_b<build>` for later ones. */
export function buildName({ name, version, build = 0 }: Omit<ReadModelVersion, 'indexes'>): string {
  return build === 0 ? `${name}_v${version}` : `${name}_v${version}_b${build}`;
}

/** A document belongs to a workspace by construction: its stored key begins with it. */
export interface DocumentKey {
  readonly workspace: WorkspaceId;
  readonly id: string;
}

/** `<workspace>/<id>`: one text for a key, and no document can be named without its workspace. */
export function documentName({ workspace, id }: DocumentKey): string {
  return `${workspace}/${id}`;
}

/** An event that could not be applied to its document, and the document's later events, which wait behind it. */
export interface ParkedEvent {
  readonly position: bigint;
  readonly stream: string;
  readonly type: string;
  readonly reason: string;
  /** Positions of later events of the document, in their order. */
  readonly waiting: readonly bigint[];
}

/** `position` of a document that no event was applied to yet. */
export const beforeAnyEvent = -1n;

export interface StoredDocument extends DocumentKey {
  /** The last event that was applied to it; `beforeAnyEvent` where its very first one is parked. */
  readonly position: bigint;
  /**
   * Undefined: a tombstone, kept so that a late writer cannot bring the document back (rule P5); or, at the position
   * `beforeAnyEvent`, an entry that only holds what is parked.
   */
  readonly document: JsonObject | undefined;
  /** Moved by every change of what is parked, and absent until the first (rule P3). */
  readonly mark?: number;
  readonly parked?: ParkedEvent;
}

/** An event whose documents could not be told, parked by itself; it stands in no document's way. */
export interface UnkeyedEvent {
  readonly workspace: WorkspaceId;
  readonly position: bigint;
  readonly stream: string;
  readonly type: string;
  readonly reason: string;
}

/** A checkpoint names how many lanes it was made for (rule P4). */
export interface Checkpoint {
  readonly lane: number;
  readonly lanes: number;
  readonly position: bigint;
  /** The fence of the lease that the lane is worked under; absent where there are no leases. */
  readonly token?: bigint;
}

export interface PageRequest {
  readonly limit: number;
  readonly cursor?: string;
  /** Exact matches on fields of the document. */
  readonly where?: Readonly<Record<string, string | number | boolean>>;
  /** Bounds of fields that hold texts, ASCII alone, by their characters' codes. Another field than `where` names. */
  readonly within?: Readonly<Record<string, TextRange>>;
  /** Fields whose text holds this one somewhere, exactly so. Another field than `where` and `within` name. */
  readonly holding?: Readonly<Record<string, string>>;
}

export interface TextRange {
  readonly atLeast?: string;
  readonly below?: string;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Cursor of the next page; absent at the end. */
  readonly next?: string;
}

/** What queries and work that serves all workspaces ask of read models. */
export interface ReadModelReader {
  get(model: ReadModelVersion, key: DocumentKey): Promise<StoredDocument | undefined>;
  /** Documents of one workspace in the order of their ids, tombstones left out. */
  page(model: ReadModelVersion, workspace: WorkspaceId, request: PageRequest): Promise<Page<StoredDocument>>;
  /** Every document of every workspace that is not deleted: for work that serves all workspaces. */
  live(model: ReadModelVersion): AsyncIterable<StoredDocument>;
  /**
   * Documents of every workspace that are not deleted and whose field `model.due` is at most `atMost`, in its order.
   *
   * @throws RangeError when the model names no such field
   */
  due(model: ReadModelVersion, atMost: string, limit: number): Promise<readonly StoredDocument[]>;
}

/** Told of each stored document that is none of ours, by its name, and why. */
export type OnUnreadable = (name: string, reason: string) => void;

export interface ReadModelStore extends ReadModelReader, ReadModelPointers {
  /** Makes the collections and indexes; safe to repeat. */
  prepare(model: ReadModelVersion): Promise<void>;
  /** Removes a build, its documents and its checkpoints; safe to repeat. */
  remove(model: ReadModelVersion): Promise<void>;
  /** Why a document can never be stored, whatever is tried; undefined when it can. */
  refusal(document: JsonObject): string | undefined;
  load(model: ReadModelVersion, keys: readonly DocumentKey[]): Promise<readonly StoredDocument[]>;
  /**
   * Writes each document only over a smaller position that bears the same `mark`. One that is there with the same
   * position or a later one counts as written (rule P3). Durable when it returns. What is parked is changed by
   * `replace` alone.
   *
   * @param expected `new`: probably none is there yet, which is faster if it is so
   * @returns the documents that were not written because their mark was moved: to be loaded again
   */
  write(
    model: ReadModelVersion,
    documents: readonly StoredDocument[],
    expected?: 'new' | 'any',
  ): Promise<readonly DocumentKey[]>;
  /**
   * Replaces a document whose position and mark are those of `before`; undefined: there is none yet. `after` bears
   * the next mark. Durable when it returns.
   *
   * @returns false when it is another by now: to be loaded again
   */
  replace(
    model: ReadModelVersion,
    before: StoredDocument | undefined,
    after: StoredDocument,
  ): Promise<boolean>;
  /** Parks an event by itself; one that was parked or settled before stays as it is. Durable when it returns. */
  parkUnkeyed(model: ReadModelVersion, event: UnkeyedEvent): Promise<void>;
  /** Notes that an event which was parked by itself is in its documents now, or why it still cannot be. */
  settleUnkeyed(
    model: ReadModelVersion,
    event: UnkeyedEvent,
    outcome: 'applied' | { readonly reason: string },
  ): Promise<void>;
  /** Events that are parked by themselves. */
  unkeyed(model: ReadModelVersion): Promise<readonly UnkeyedEvent[]>;
  /** Documents that have something parked, hidden ones included. */
  parked(model: ReadModelVersion): AsyncIterable<StoredDocument>;
  checkpoints(model: ReadModelVersion): Promise<readonly Checkpoint[]>;
  /**
   * Moves a lane's checkpoint forwards; one that is already further stays (rule P4).
   *
   * @returns false when the lane is fenced by a greater token: who saves has been replaced
   */
  saveCheckpoint(model: ReadModelVersion, checkpoint: Checkpoint): Promise<boolean>;
  /**
   * Fences a lane: from now on nobody with a smaller token moves its checkpoint.
   *
   * @returns false when somebody fenced it with a greater one
   */
  fence(
    model: ReadModelVersion,
    lane: Required<Pick<Checkpoint, 'lane' | 'lanes' | 'token'>>,
  ): Promise<boolean>;
  /**
   * Every document of every workspace, tombstones and hidden ones included: for checks.
   *
   * @param onUnreadable without it, a document that cannot be read ends it with InvariantBroken
   */
  all(model: ReadModelVersion, onUnreadable?: OnUnreadable): AsyncIterable<StoredDocument>;
}
