import { event, type EventOf } from '../../kernel/event.js';
import type { MappingProfile } from '../uploads/mapping-profile.js';
import type { OtherMessages } from '../reading/fix/other-messages.js';
import type { StoredObject } from '../stored-object.js';
import type { BookSide } from '../trade-record.js';

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
  /** Of a FIX log: its messages that are no rows, by type; neither accepted nor rejected. Left out where there are none. */
  readonly otherMessages?: readonly OtherMessages[];
}

/** An upload is out of use: since when, why, and where a corrected one has taken its place, which. */
export interface UploadWithdrawal {
  readonly at: string;
  readonly reason: string;
  readonly by?: string;
}

export const uploadEvents = {
  UploadRecorded: event<UploadRecorded>(),
  UploadUsed: event<{ uploadId: string; runId: string }>(),
  UploadWithdrawn: event<{ uploadId: string; at: string; reason: string }>(),
  UploadSuperseded: event<{ uploadId: string; at: string; by: string; reason: string }>(),
  UploadReinstated: event<{ uploadId: string; reason: string }>(),
  /** Runs have used an upload that is out of use by now; in parts, since an append stays small. */
  RunsOutdated: event<{ uploadId: string; withdrawal: UploadWithdrawal; runs: readonly string[] }>(),
};
export type UploadEvent = EventOf<typeof uploadEvents>;
