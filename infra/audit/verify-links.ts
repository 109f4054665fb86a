import { parseStreamName } from '../../domain/kernel/names.js';
import type { EventLog, StoredEvent } from '../../domain/kernel/ports/event-log.js';
import { originStream, readOrigin } from '../eventstore/origin.js';
import { LinkWalk, type Finding } from './log/link-walk.js';

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

const progressEvery = 1000;

/** Walks everything once and checks every link, every id, and that revisions follow one another. */
export async function verifyLinks(
  log: EventLog,
  { audited, onProgress }: VerifyOptions,
): Promise<LinkReport> {
  const origin = await readOrigin(log);
  const walk = new LinkWalk(origin, isAudited(audited));
  const bookkeeping = new Set<string>();
  const violations: LinkViolation[] = [];
  let events = 0;
  let seen = 0;
  for await (const event of log.readAll()) {
    if (++seen % progressEvery === 0) onProgress?.(event.position, seen);
    if ('a.v' in event.metadata) events++;
    const finding = walk.follow(event);
    if (finding.kind === 'bookkeeping' && !event.stream.startsWith('$')) bookkeeping.add(event.stream);
    const fault = faultIn(finding);
    if (fault !== undefined) violations.push(violationOf(event, fault));
  }
  return {
    origin: origin ?? null,
    events,
    streams: walk.streams('linked').length,
    bookkeeping: bookkeeping.size,
    passedOver: walk.streams('foreign'),
    violations,
  };
}

/** Whether every event of a stream must be linked. */
export function isAudited(categories: ReadonlySet<string>): (stream: string) => boolean {
  return (stream) => {
    const category = parseStreamName(stream)?.category;
    return stream === originStream || (category !== undefined && categories.has(category));
  };
}

/** What makes a finding a violation, in words; undefined when it is none. */
export function faultIn(finding: Finding): string | undefined {
  if (finding.kind === 'tombstone') return 'an audited stream was tombstoned';
  return finding.kind === 'violation' || finding.kind === 'metadata' ? finding.fault : undefined;
}

export function violationOf({ stream, revision, position, type }: StoredEvent, fault: string): LinkViolation {
  return { stream, revision: revision.toString(), position: position.toString(), type, fault };
}
