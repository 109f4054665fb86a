import type { AnyEvent, Recorded } from '../../../domain/kernel/event.js';

/** What a lane did with one batch. */
export interface AppliedBatch {
  readonly readModel: string;
  readonly lane: number;
  /** Those that touched documents of the lane. */
  readonly events: readonly Recorded<AnyEvent>[];
  readonly documents: number;
  /** Documents that an event was parked in. */
  readonly parked: number;
  readonly foldMs: number;
  readonly writeMs: number;
}

/** Told of every batch after it was written; must return at once, and must not throw. */
export type ObserveBatch = (batch: AppliedBatch) => void;
