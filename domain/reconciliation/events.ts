import { event, type EventOf } from '../kernel/event.js';
import type { MappingProfile } from './mapping-profile.js';
import type { Break, ReconciliationCounts } from './matching/result.js';
import type { ToleranceSet } from './matching/tolerances.js';
import { nettingEvents } from './settlement/events.js';
import type { StoredObject } from './stored-object.js';
import type { BookSide } from './trade-record.js';

export const sourceEvents = {
  SourceRegistered: event<{ name: string; version: number; profile: MappingProfile }>(),
};
export type SourceEvent = EventOf<typeof sourceEvents>;

/** What an upload left behind: the file as it came, what was read, and what could not be. */
export interface UploadRecorded {
  readonly uploadId: string;
  readonly side: BookSide;
  readonly source: string;
  readonly sourceVersion: number;
  /** Of the file as it came, lower-case hex. */
  readonly sha256: string;
  readonly bytes: number;
  readonly rows: number;
  readonly accepted: number;
  readonly rejected: number;
  /** Step of the times in it, in milliseconds. */
  readonly timeResolution: number;
  readonly records: StoredObject;
  readonly rejects: StoredObject;
}

export const uploadEvents = {
  UploadRecorded: event<UploadRecorded>(),
};
export type UploadEvent = EventOf<typeof uploadEvents>;

/** The books of a run, by what their uploads left behind: all that its computation needs. */
export interface RunBook {
  readonly uploadId: string;
  readonly side: BookSide;
  readonly records: StoredObject;
  readonly timeResolution: number;
}

export interface RunTerms {
  readonly runId: string;
  readonly tradeDate: string;
  readonly internal: readonly RunBook[];
  readonly broker: readonly RunBook[];
  readonly tolerances: ToleranceSet;
  /** Its matches are settled once it is completed; left out where they are not. */
  readonly settle?: true;
}

export interface RunManifest {
  readonly matches: StoredObject;
  readonly breaks: StoredObject;
  /** Our trades of every match; of a run that settles. */
  readonly matchedTrades?: StoredObject;
}

export const runEvents = {
  RunRequested: event<RunTerms>(),
  RunStarted: event<{ runId: string; attempt: number }>(),
  /** The platform stopped in the middle: the attempt does not count. */
  RunInterrupted: event<{ runId: string }>(),
  /** Comes before the completion; in parts, since an append stays small. `first` is the ordinal of the first one. */
  BreaksFound: event<{ runId: string; first: number; breaks: readonly Break[] }>(),
  RunCompleted: event<{ runId: string; counts: ReconciliationCounts; manifest: RunManifest }>(),
  RunFailed: event<{ runId: string; reason: string }>(),
  ...nettingEvents,
};
export type RunEvent = EventOf<typeof runEvents>;
