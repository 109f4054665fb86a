import { parentPort, workerData } from 'node:worker_threads';
import { AxionError, Unavailable, messageOf } from '../../../domain/kernel/errors.js';
import { EventStoreDbEventLog } from '../../eventstore/eventstoredb-event-log.js';
import { FileTileStore } from '../tiles/file-tile-store.js';
import type { Segment } from './segment.js';
import { walkAlone, type SegmentOutcome } from './segment-outcome.js';
import type { WalkPorts } from './segment-walk.js';

/** What a thread is started with. */
export interface SegmentSources {
  readonly eventStoreUrl: string;
  /** Where the tiles lie. */
  readonly auditDirectory: string;
}

export interface SegmentRequest {
  readonly segment: Segment;
  readonly origin: string | undefined;
}

export type SegmentReply =
  | { readonly kind: 'verified'; readonly outcome: SegmentOutcome }
  | {
      readonly kind: 'failed';
      readonly code: string;
      readonly message: string;
      /** Asking again may help. */
      readonly isUnavailable: boolean;
    };

/** The thread's side: verifies one segment after another, until its parent ends it. */
export function serveSegments(filters: Pick<WalkPorts, 'filters' | 'newestFilter'>): void {
  const { eventStoreUrl, auditDirectory } = workerData as SegmentSources;
  const log = new EventStoreDbEventLog(eventStoreUrl);
  const tiles = new FileTileStore(auditDirectory);
  parentPort?.on('message', ({ segment, origin }: SegmentRequest) => {
    void walkAlone({ ...filters, log, tiles, origin }, segment)
      .then((outcome): SegmentReply => ({ kind: 'verified', outcome }), failed)
      .then((reply) => parentPort?.postMessage(reply));
  });
}

function failed(error: unknown): SegmentReply {
  return {
    kind: 'failed',
    code: error instanceof AxionError ? error.code : 'audit.verifier-failed',
    message: messageOf(error),
    isUnavailable: error instanceof Unavailable,
  };
}
