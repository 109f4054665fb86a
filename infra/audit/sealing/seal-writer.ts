import { systemContext } from '../../../domain/kernel/event.js';
import {
  AppendUnknown,
  RevisionConflict,
  type EventLog,
  type EventToAppend,
  type StoredEvent,
} from '../../../domain/kernel/ports/event-log.js';
import type { Clock, IdSource } from '../../../domain/kernel/time.js';
import { hashOf, linkEvents, type ChainLink } from '../../eventstore/chain.js';
import { toStorableJson } from '../../eventstore/canonical-json.js';
import { sealStream } from './seal-events.js';

export interface SealWriterOptions {
  readonly log: EventLog;
  /** Hex, of the log (rule F2). */
  readonly origin: string;
  readonly clock: Clock;
  readonly ids: IdSource;
}

/** Appends to the seal stream, at exactly the revision that was read. */
export class SealWriter {
  private link: ChainLink | undefined;

  constructor(private readonly options: SealWriterOptions) {}

  /** @param newest of the seal stream, as it was read; undefined when it is empty */
  goOnAfter(newest: StoredEvent | undefined): void {
    this.link = newest && { revision: newest.revision, hash: hashOf(newest) ?? '' };
  }

  /**
   * Goes on only if it is acknowledged, or read back as ours.
   *
   * @returns its revision
   * @throws RevisionConflict when somebody else was first
   */
  async append(type: 'SealIntent' | 'Sealed', data: object): Promise<bigint> {
    const { log, origin, clock, ids } = this.options;
    const context = systemContext(ids.next(), await clock.now());
    const unlinked = { type, schema: 1, data: toStorableJson(data), context, salt: ids.salt() };
    const linked = linkEvents(origin, sealStream, this.link, [unlinked]);
    const expected = this.link?.revision ?? 'no_stream';
    const revision = (this.link?.revision ?? -1n) + 1n;
    try {
      await log.append(sealStream, expected, linked);
    } catch (error) {
      if (!(error instanceof AppendUnknown) || !(await this.stands(revision, linked))) throw error;
    }
    this.link = { revision, hash: linked[0]?.metadata['a.h'] ?? '' };
    return revision;
  }

  private async stands(revision: bigint, [event]: readonly EventToAppend[]): Promise<boolean> {
    const { log } = this.options;
    const stored = await log.readAt(sealStream, revision);
    if (stored && stored.id !== event?.id) throw new RevisionConflict(sealStream, stored.revision);
    return stored !== undefined;
  }
}
