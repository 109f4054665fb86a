import { parseStreamName } from '../../domain/kernel/names.js';
import type { EventLog, StoredEvent } from '../../domain/kernel/ports/event-log.js';
import { faultOf, hashOf, type ChainLink } from '../eventstore/chain.js';
import { originStream, readOrigin } from '../eventstore/origin.js';

export interface LinkViolation {
  readonly stream: string;
  readonly revision: string;
  readonly position: string;
  readonly type: string;
  readonly fault: string;
}

export interface LinkReport {
  readonly origin: string | null;
  /** Linked events and the streams they are in. */
  readonly events: number;
  readonly streams: number;
  /** Streams of the platform's own bookkeeping, which is no part of the audit trail. */
  readonly bookkeeping: number;
  /** Streams that are none of ours: no category of ours, and no event of theirs is linked. */
  readonly passedOver: readonly string[];
  readonly violations: readonly LinkViolation[];
}

export interface VerifyOptions {
  /** Categories whose every event must be linked. */
  readonly audited: ReadonlySet<string>;
  readonly onProgress?: (position: bigint, events: number) => void;
}

/** Categories without links: nothing in them is evidence (rule F3). */
const unaudited: ReadonlySet<string> = new Set(['idempotency', 'engine']);
const progressEvery = 1000;

interface Followed {
  last: ChainLink | undefined;
  linked: boolean;
  plain: boolean;
}

/** Walks everything once and checks every link, every id, and that revisions follow one another. */
export async function verifyLinks(
  log: EventLog,
  { audited, onProgress }: VerifyOptions,
): Promise<LinkReport> {
  const origin = await readOrigin(log);
  const followed = new Map<string, Followed>();
  const bookkeeping = new Set<string>();
  const violations: LinkViolation[] = [];
  const mustBeLinked = (stream: string): boolean => {
    const category = parseStreamName(stream)?.category;
    return stream === originStream || (category !== undefined && audited.has(category));
  };
  let events = 0;
  let seen = 0;
  for await (const event of log.readAll()) {
    if (++seen % progressEvery === 0) onProgress?.(event.position, seen);
    const category = parseStreamName(event.stream)?.category;
    if (category !== undefined && unaudited.has(category)) {
      bookkeeping.add(event.stream);
      continue;
    }
    if (event.stream.startsWith('$')) {
      const fault = faultOfSystemEvent(event, mustBeLinked);
      if (fault) violations.push(violationOf(event, fault));
      continue;
    }
    const stream = obtain(followed, event.stream);
    if ('a.v' in event.metadata) {
      events++;
      stream.linked = true;
      const fault = stream.plain
        ? 'events before it bear no link'
        : origin === undefined
          ? 'the log has no origin'
          : faultOf(event, origin, stream.last);
      if (fault) violations.push(violationOf(event, fault));
      // What follows is checked against what stands here, so that one fault is told once.
      stream.last = { revision: event.revision, hash: hashOf(event) ?? '' };
    } else if (stream.linked || mustBeLinked(event.stream)) {
      violations.push(violationOf(event, 'it bears no link'));
      stream.last = { revision: event.revision, hash: '' };
    } else stream.plain = true;
  }
  const streams = [...followed];
  return {
    origin: origin ?? null,
    events,
    streams: streams.filter(([, { linked }]) => linked).length,
    bookkeeping: bookkeeping.size,
    passedOver: streams.filter(([, { plain, linked }]) => plain && !linked).map(([name]) => name),
    violations,
  };
}

/** Truncating, expiring or deleting an audited stream leaves its trace in the stream's metadata. */
function faultOfSystemEvent(
  { stream, type }: StoredEvent,
  mustBeLinked: (stream: string) => boolean,
): string | undefined {
  if (!stream.startsWith('$$') || type !== '$metadata') return undefined;
  return mustBeLinked(stream.slice(2))
    ? `metadata was set on ${stream.slice(2)}, which truncates or hides it`
    : undefined;
}

function obtain(followed: Map<string, Followed>, name: string): Followed {
  const known = followed.get(name);
  if (known) return known;
  const fresh: Followed = { last: undefined, linked: false, plain: false };
  followed.set(name, fresh);
  return fresh;
}

function violationOf({ stream, revision, position, type }: StoredEvent, fault: string): LinkViolation {
  return { stream, revision: revision.toString(), position: position.toString(), type, fault };
}
