import type { JSONEventData, JSONType } from '@eventstore/db-client';

/** What an event of the load carries: which append it belongs to, and where in it. */
export type LoadData = JSONType & {
  readonly append: string;
  readonly index: number;
  readonly count: number;
  readonly padding: string;
};

export type LoadEvent = JSONEventData;

/** What the node acknowledged. Positions are texts, as JSON has no 64-bit integers. */
export type EventStoreAcknowledgement =
  | {
      readonly kind: 'append';
      readonly stream: string;
      /** In the order in which they were appended. */
      readonly ids: readonly string[];
      /** The revision of the last of them. */
      readonly last: number;
      /** The commit position of the last of them; a repetition of what was hidden since has none. */
      readonly position?: string;
    }
  | { readonly kind: 'delete' | 'tombstone'; readonly stream: string; readonly position?: string };

/** Streams of the load; the node's own are checked for agreement only. */
export const LOAD_PREFIX = 'load-';
