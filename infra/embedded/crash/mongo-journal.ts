/** A document of the load, as plain as JSON, so that two of them can be compared as texts. */
export interface LoadDocument {
  readonly _id: string;
  /** In a unique index. */
  readonly serial: string;
  /** In a compound index with `_id`. */
  readonly group: number;
  /** In a multikey index. */
  readonly tags: readonly string[];
  readonly version: number;
  readonly padding: string;
}

export const LOAD_DATABASE = 'load';
export const LOAD_COLLECTION = 'things';

/** What a write makes of each document it is about; null: it is gone. */
export type Changes = Readonly<Record<string, LoadDocument | null>>;

/** The documents as they are known to be: by an acknowledgement, or by a check that settled what was in doubt. */
export interface MongoAcknowledgement {
  readonly changes: Changes;
}
