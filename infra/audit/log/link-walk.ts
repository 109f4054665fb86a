import { parseStreamName } from '../../../domain/kernel/names.js';
import type { StoredEvent } from '../../../domain/kernel/ports/event-log.js';
import { faultOf, hashOf, type ChainLink } from '../../eventstore/chain.js';

/** What an event of `$all` is to the audit trail. */
export type Finding =
  /** Linked, and whole. */
  | { readonly kind: 'linked' }
  /** Metadata of an audited stream; `fault` when it truncates, expires or hides what must stay. */
  | { readonly kind: 'metadata'; readonly stream: string; readonly fault: string | undefined }
  | { readonly kind: 'tombstone' }
  /** The platform's own bookkeeping: no evidence, and never verified. */
  | { readonly kind: 'bookkeeping' }
  /** Of a category that is none of ours, in a stream without any link. */
  | { readonly kind: 'foreign' }
  | { readonly kind: 'violation'; readonly fault: string };

/** What a walk knows of a stream. */
export interface Followed {
  /** Where its next event links to; undefined before its first linked one. */
  last: ChainLink | undefined;
  /** One of its events bore a link. */
  linked: boolean;
  /** One of its events bore none, and none had to. */
  plain: boolean;
}

/** Categories without links (rule F3). */
const unaudited: ReadonlySet<string> = new Set(['idempotency', 'engine']);

/** Whether a walk remembers anything of such a stream: it does of all but bookkeeping. */
export function isFollowed(stream: string): boolean {
  return !stream.startsWith('$') && !isBookkeeping(stream);
}

function isBookkeeping(stream: string): boolean {
  const category = parseStreamName(stream)?.category;
  return category !== undefined && unaudited.has(category);
}

/**
 * Follows every stream through `$all`, and tells of each event whether it stands where and as it was written
 * (rule F3). Remembers the end of each stream: about 200 bytes each.
 */
export class LinkWalk {
  private readonly followed = new Map<string, Followed>();

  /** @param audited says of a stream whose every event must be linked */
  constructor(
    private readonly origin: string | undefined,
    private readonly audited: (stream: string) => boolean,
  ) {}

  /** Begins a stream in its middle, behind an event that was checked before. */
  resume(stream: string, last: ChainLink): void {
    this.followed.set(stream, { last, linked: true, plain: false });
  }

  /** Streams it remembers. */
  get size(): number {
    return this.followed.size;
  }

  knows(stream: string): boolean {
    return this.followed.has(stream);
  }

  /** Takes a stream up as another walk left it. */
  takeUp(stream: string, end: Followed): void {
    this.followed.set(stream, { ...end });
  }

  endOf(stream: string): Readonly<Followed> | undefined {
    return this.followed.get(stream);
  }

  /** Every stream it remembers. */
  ends(): IterableIterator<[string, Readonly<Followed>]> {
    return this.followed.entries();
  }

  /** Names of the streams of each kind that were met. */
  streams(kind: 'linked' | 'foreign'): string[] {
    return [...this.followed]
      .filter(([, { linked, plain }]) => (kind === 'linked' ? linked : plain && !linked))
      .map(([name]) => name);
  }

  follow(event: StoredEvent): Finding {
    if (isBookkeeping(event.stream)) return { kind: 'bookkeeping' };
    if (event.stream.startsWith('$')) return this.systemEvent(event);
    const stream = this.obtain(event.stream);
    if (event.type === '$streamDeleted' && (stream.linked || this.audited(event.stream)))
      return { kind: 'tombstone' };
    if ('a.v' in event.metadata) {
      stream.linked = true;
      const fault = this.faultOf(event, stream);
      // What follows is checked against what stands here, so that one fault is told once.
      stream.last = { revision: event.revision, hash: hashOf(event) ?? '' };
      return fault === undefined ? { kind: 'linked' } : { kind: 'violation', fault };
    }
    if (stream.linked || this.audited(event.stream)) {
      stream.last = { revision: event.revision, hash: '' };
      return { kind: 'violation', fault: 'it bears no link' };
    }
    stream.plain = true;
    return { kind: 'foreign' };
  }

  private faultOf(event: StoredEvent, { plain, last }: Followed): string | undefined {
    if (plain) return 'events before it bear no link';
    return this.origin === undefined ? 'the log has no origin' : faultOf(event, this.origin, last);
  }

  /** Truncating, expiring or deleting an audited stream leaves its trace in the stream's metadata. */
  private systemEvent({ stream, type }: StoredEvent): Finding {
    const described = stream.startsWith('$$') && type === '$metadata' ? stream.slice(2) : undefined;
    if (described === undefined || !this.audited(described)) return { kind: 'bookkeeping' };
    return {
      kind: 'metadata',
      stream: described,
      fault: `metadata was set on ${described}, which truncates or hides it`,
    };
  }

  private obtain(name: string): Followed {
    const known = this.followed.get(name);
    if (known) return known;
    const fresh: Followed = { last: undefined, linked: false, plain: false };
    this.followed.set(name, fresh);
    return fresh;
  }
}
