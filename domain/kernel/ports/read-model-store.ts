import type { JsonObject } from '../json.js';
import type { WorkspaceId } from '../names.js';

/** One version of a read model: its own documents and its own checkpoints. */
export interface ReadModelVersion {
  readonly name: string;
  readonly version: number;
  /** Fields that lists filter by, beside the workspace. */
  readonly indexes: readonly (readonly string[])[];
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

export interface StoredDocument extends DocumentKey {
  /** The last event that was applied to it. */
  readonly position: bigint;
  /** Undefined: a tombstone, kept so that a late writer cannot bring the document back (rule P5). */
  readonly document: JsonObject | undefined;
}

/** A checkpoint names how many lanes it was made for (rule P4). */
export interface Checkpoint {
  readonly lane: number;
  readonly lanes: number;
  readonly position: bigint;
}

export interface PageRequest {
  readonly limit: number;
  readonly cursor?: string;
  /** Exact matches on fields of the document. */
  readonly where?: Readonly<Record<string, string | number | boolean>>;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Cursor of the next page; absent at the end. */
  readonly next?: string;
}

export interface ReadModelStore {
  /** Makes the collections and indexes; safe to repeat. */
  prepare(model: ReadModelVersion): Promise<void>;
  load(model: ReadModelVersion, keys: readonly DocumentKey[]): Promise<readonly StoredDocument[]>;
  /**
   * Writes each document only over a smaller position. One that is there with the same position or a later one
   * counts as written (rule P3). Durable when it returns.
   */
  write(model: ReadModelVersion, documents: readonly StoredDocument[]): Promise<void>;
  checkpoints(model: ReadModelVersion): Promise<readonly Checkpoint[]>;
  /** Moves a lane's checkpoint forwards; one that is already further stays (rule P4). */
  saveCheckpoint(model: ReadModelVersion, checkpoint: Checkpoint): Promise<void>;
  get(model: ReadModelVersion, key: DocumentKey): Promise<StoredDocument | undefined>;
  /** Documents of one workspace in the order of their ids, tombstones left out. */
  page(model: ReadModelVersion, workspace: WorkspaceId, request: PageRequest): Promise<Page<StoredDocument>>;
  /** Every document of every workspace, tombstones included: for checks. */
  all(model: ReadModelVersion): AsyncIterable<StoredDocument>;
  /** Every document of every workspace that is not deleted: for work that serves all workspaces. */
  live(model: ReadModelVersion): AsyncIterable<StoredDocument>;
}
