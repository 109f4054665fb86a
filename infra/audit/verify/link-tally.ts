import type { StoredEvent } from '../../../domain/kernel/ports/event-log.js';
import { faultIn, violationOf, type LinkReport, type LinkViolation } from '../verify-links.js';
import type { Finding, Followed } from '../log/link-walk.js';

/** What `LinkReport` counts, up to some event. */
export type LinkCounts = Pick<LinkReport, 'events' | 'streams' | 'bookkeeping' | 'passedOver'>;

export const noLinks: LinkCounts = { events: 0, streams: 0, bookkeeping: 0, passedOver: [] };

/** Makes a `LinkReport` from the findings of one walk, or of several that went on from one another. */
export class LinkTally {
  private events: number;
  private streams: number;
  private bookkeeping: number;
  private readonly passedOver: Set<string>;
  readonly violations: LinkViolation[] = [];

  constructor(before: LinkCounts) {
    ({ events: this.events, streams: this.streams, bookkeeping: this.bookkeeping } = before);
    this.passedOver = new Set(before.passedOver);
  }

  get counts(): LinkCounts {
    const { events, streams, bookkeeping, passedOver } = this;
    return { events, streams, bookkeeping, passedOver: [...passedOver] };
  }

  count(event: StoredEvent, finding: Finding): void {
    const isFirst = event.revision === 0n ? 1 : 0;
    if ('a.v' in event.metadata) this.events += 1;
    if (finding.kind === 'linked' || finding.kind === 'violation') {
      this.streams += isFirst;
      this.passedOver.delete(event.stream);
    }
    if (finding.kind === 'foreign') this.passedOver.add(event.stream);
    if (finding.kind === 'bookkeeping' && !event.stream.startsWith('$')) this.bookkeeping += isFirst;
    const fault = faultIn(finding);
    if (fault !== undefined) this.violations.push(violationOf(event, fault));
  }

  /** What another one counted of events that come later, and how it left the streams that it met. */
  add(
    { events, streams, bookkeeping }: LinkCounts,
    violations: readonly LinkViolation[],
    ends: readonly (readonly [stream: string, end: Followed])[],
  ): void {
    this.events += events;
    this.streams += streams;
    this.bookkeeping += bookkeeping;
    for (const violation of violations) this.violations.push(violation);
    for (const [stream, { last, linked, plain }] of ends)
      if (plain && !linked && last === undefined) this.passedOver.add(stream);
      else this.passedOver.delete(stream);
  }
}
