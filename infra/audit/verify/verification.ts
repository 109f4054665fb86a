import type { EventLog } from '../../../domain/kernel/ports/event-log.js';
import type { LeafFilter } from '../log/leaf-reader.js';
import type { VerifierKey } from '../notes/note-key.js';
import type { Receipt } from '../receipts/receipt.js';
import type { TileStore } from '../tiles/tile-store.js';
import type { HeldCheckpoint } from './check-checkpoints.js';
import type { LeafCounts } from './leaf-results.js';
import type { LinkCounts } from './link-tally.js';
import type { SealedProgress } from './sealed-heads.js';
import type { SegmentVerifier } from './segment-outcome.js';

/** What a verification that found nothing wrong is kept as, for the next one to go on from. */
export interface VerifiedState {
  readonly format: 1;
  readonly origin: string;
  /** Up to and including this position everything was verified; empty when nothing was sealed. */
  readonly to: string;
  readonly sealed: SealedProgress;
  readonly links: LinkCounts;
  readonly leaves: LeafCounts;
}

export interface VerifyAuditOptions {
  readonly log: EventLog;
  readonly tiles: Pick<TileStore, 'read'>;
  /** Every filter there ever was, by its version. */
  readonly filters: Readonly<Record<string, LeafFilter>>;
  /** Says what will be a leaf, of what is not sealed yet. */
  readonly newestFilter: string;
  /** The keys that are trusted from the start; those that they named, directly or not, count as well. */
  readonly keys: readonly VerifierKey[];
  /** Checkpoints that somebody saw: the log must begin with each of them. */
  readonly held?: readonly HeldCheckpoint[];
  readonly receipts?: readonly Receipt[];
  /** Goes on from there; undefined: from the beginning. */
  readonly from?: VerifiedState;
  /** Verifies segments ahead of this thread; undefined: this one does it all. What is found is the same. */
  readonly beside?: SegmentVerifier;
  /** Where the log is cut. Default 8,192. */
  readonly leavesPerSegment?: number;
  readonly onProgress?: (position: bigint, events: number) => void;
}
