import { type SortField } from '../query/sort-order.js';

/** An index as the catalog keeps it. */
export interface IndexDefinition {
  readonly number: number;
  readonly name: string;
  readonly fields: readonly SortField[];
  readonly unique: boolean;
  readonly sparse: boolean;
  /** The BSON of the partial filter, in base64: definitions are stored as JSON. */
  readonly partialFilter?: string;
  readonly expireAfterSeconds?: number;
  /** Set for good once a document gave this index several keys: then one document is met more than once. */
  multikey: boolean;
}

export interface CollectionDefinition {
  readonly number: number;
  readonly database: string;
  readonly name: string;
  readonly uuid: string;
  /** The BSON of the options given to `create`, in base64. */
  readonly options: string;
  /** The BSON of the filter every document must match, in base64. */
  readonly validator?: string;
  readonly indexes: readonly IndexDefinition[];
}

export const ID_INDEX_NAME = '_id_';

export function namespaceOf(collection: CollectionDefinition): string {
  return `${collection.database}.${collection.name}`;
}
