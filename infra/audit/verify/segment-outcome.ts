import type { StoredEvent } from '../../../domain/kernel/ports/event-log.js';
import type { Followed } from '../log/link-walk.js';
import type { LinkViolation } from '../verify-links.js';
import type { BadLeaf, LeafCounts } from './leaf-results.js';
import type { LinkCounts } from './link-tally.js';
import type { Segment } from './segment.js';
import { SegmentWalk, type SizeAndRoot, type WalkPorts } from './segment-walk.js';

/** What a segment's verification came to by itself, without those before it. It can be sent between threads. */
export interface SegmentOutcome {
  /** Of every kind. */
  readonly events: number;
  readonly leaves: LeafCounts;
  readonly first: BadLeaf | undefined;
  readonly links: LinkCounts;
  readonly violations: readonly LinkViolation[];
  readonly issued: readonly SizeAndRoot[];
  readonly claimed: readonly SizeAndRoot[];
  /** The files of the log could not be read to the segment's end: nothing else of the outcome counts. */
  readonly isBroken: boolean;
  /** How it took the streams to have been left before it: the outcome counts only where they were. */
  readonly assumed: readonly AssumedEnd[];
  readonly ends: readonly (readonly [stream: string, end: Followed])[];
}

export interface AssumedEnd {
  readonly stream: string;
  /** Of the first event in the segment. */
  readonly revision: bigint;
  readonly end: Followed;
}

/** Verifies segments beside whoever asks. */
export interface SegmentVerifier {
  /** So many at once. */
  readonly places: number;
  /**
   * @param origin of the log, hex
   * @throws Unavailable when the log or its files cannot be reached, or who verified is gone
   */
  verify(segment: Segment, origin: string | undefined): Promise<SegmentOutcome>;
}

/**
 * Verifies a segment without those before it. Of each stream it takes for granted that it was left as its first event
 * in the segment says; whoever has the segments before compares (`isAsAssumed`).
 */
export async function walkAlone(ports: WalkPorts, segment: Segment): Promise<SegmentOutcome> {
  const assumed: AssumedEnd[] = [];
  const walk = new SegmentWalk(ports, (event, mustBeLinked) => {
    const end = claimedEnd(event, mustBeLinked);
    assumed.push({ stream: event.stream, revision: event.revision, end });
    return end;
  });
  await walk.walk(segment);
  const { counts: leaves, first } = walk.results;
  const { counts: links, violations } = walk.tally;
  const { events, issued, claimed, broken } = walk;
  return {
    ...{ events, leaves, first, links, violations, issued, claimed },
    isBroken: broken !== undefined,
    assumed,
    ends: [...walk.links.ends()],
  };
}

const untouched: Followed = { last: undefined, linked: false, plain: false };

/** How a stream was left before one of its events, by what that event itself says. */
function claimedEnd({ revision, metadata }: StoredEvent, mustBeLinked: boolean): Followed {
  if (revision === 0n) return untouched;
  const previous = metadata['a.prev'];
  if ('a.v' in metadata && typeof previous === 'string')
    return { last: { revision: revision - 1n, hash: previous }, linked: true, plain: false };
  return { ...untouched, plain: !mustBeLinked };
}

/** Whether a stream was left as a segment took it to have been, so that the segment comes to the same. */
export function isAsAssumed({ end }: AssumedEnd, actual: Readonly<Followed> = untouched): boolean {
  const isSameEnd = actual.last?.revision === end.last?.revision && actual.last?.hash === end.last?.hash;
  // What no filter wants linked goes on without links, whether or not an event of it was seen before.
  return isSameEnd && actual.linked === end.linked && (actual.plain === end.plain || end.plain);
}
