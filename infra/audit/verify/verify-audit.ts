import { InvariantBroken, messageOf } from '../../../domain/kernel/errors.js';
import type { EventLog, StoredEvent } from '../../../domain/kernel/ports/event-log.js';
import { readOrigin } from '../../eventstore/origin.js';
import { workspaceEntry } from '../log/find-leaf.js';
import { LeafReader, type LeafFilter, type ReadEvent } from '../log/leaf-reader.js';
import type { VerifierKey } from '../notes/note-key.js';
import type { Receipt } from '../receipts/receipt.js';
import { readSealState, sealStream, type Seal } from '../sealing/seal-events.js';
import { logNameOf } from '../sealing/sealer.js';
import type { TileStore } from '../tiles/tile-store.js';
import type { LinkReport } from '../verify-links.js';
import { faultsOfCheckpoints, type HeldCheckpoint } from './check-checkpoints.js';
import { checkReceipts } from './check-receipts.js';
import { LeafResults, type BadLeaf, type LeafCounts } from './leaf-results.js';
import { LinkTally, noLinks, type LinkCounts } from './link-tally.js';
import { SealedLog, isSealedAs, type SealedBatch, type SealedProgress } from './sealed-log.js';

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
  readonly onProgress?: (position: bigint, events: number) => void;
}

export interface AuditReport {
  readonly links: LinkReport;
  readonly log: {
    /** Of the origin's log, by its last seal. */
    readonly size: number;
    readonly root: string;
    readonly leaves: LeafCounts;
    readonly first: BadLeaf | null;
    /** What is wrong with the log itself: its files, its seals, its signatures. */
    readonly faults: readonly string[];
    /** Leaves that an earlier verification found whole and this one did not read; the position they reach to. */
    readonly skipped: { readonly leaves: number; readonly to: string } | null;
  };
  readonly holds: boolean;
  /** Present when it holds. */
  readonly state: VerifiedState | undefined;
}

const progressEvery = 1000;

/**
 * Checks everything once: each link, each id, each revision, and each event against the leaf that was sealed of it.
 * Works while others append: what is sealed is settled at the beginning.
 */
export async function verifyAudit(options: VerifyAuditOptions): Promise<AuditReport> {
  const { log, tiles } = options;
  const origin = await readOrigin(log);
  const { sealed } = (await readSealState(log)).state;
  const faults: string[] = [];
  let from = options.from?.origin === origin ? options.from : undefined;
  let logs = new SealedLog(tiles, sealed?.size ?? 0);
  if (from && !(await resumed(logs, from, faults))) {
    from = undefined;
    logs = new SealedLog(tiles, sealed?.size ?? 0);
  }
  const walk = new AuditWalk(options, origin, logs, from);
  await walk.run();
  faults.push(...walk.faults);
  if (walk.isWhole) {
    if (sealed && logs.root.toString('hex') !== sealed.root)
      faults.push(`the origin's log of ${sealed.size} leaves has not the root that was sealed`);
    faults.push(...(await logs.faultsOfTiles()));
  }
  faults.push(
    ...(await faultsOfCheckpoints(options.held ?? [], {
      name: origin === undefined ? '' : logNameOf(origin),
      tiles,
      sealed,
      keys: options.keys,
      configurations: logs.configurations,
    })),
  );
  await checkReceipts(log, options.receipts ?? [], walk.results);
  const { violations } = walk.tally;
  const holds = violations.length === 0 && faults.length === 0 && walk.results.first === undefined;
  return {
    links: { origin: origin ?? null, ...walk.tally.counts, violations },
    log: {
      size: sealed?.size ?? 0,
      root: sealed?.root ?? '',
      leaves: walk.results.counts,
      first: walk.results.first ?? null,
      faults,
      skipped: from ? { leaves: from.leaves.OK, to: from.to } : null,
    },
    holds,
    state: holds && origin !== undefined ? walk.stateAtSeal(origin) : undefined,
  };
}

async function resumed(logs: SealedLog, { sealed }: VerifiedState, faults: string[]): Promise<boolean> {
  let goesOn = false;
  try {
    goesOn = await logs.resume(sealed);
  } catch (error) {
    if (!(error instanceof InvariantBroken)) throw error;
  }
  if (!goesOn) faults.push(`the log does not begin with the ${sealed.size} leaves that were verified before`);
  return goesOn;
}

/** Walks `$all` and the sealed leaves side by side. */
class AuditWalk {
  readonly faults: string[] = [];
  readonly tally: LinkTally;
  readonly results: LeafResults;
  private readonly reader: LeafReader;
  private readonly issued = new Map<number, string>();
  private batch: SealedBatch | undefined;
  /** Everything up to here is behind the last seal that was looked at. */
  private to: bigint | undefined;
  private ended = false;
  private kept: { readonly links: LinkCounts; readonly leaves: LeafCounts } | undefined;

  constructor(
    private readonly options: VerifyAuditOptions,
    origin: string | undefined,
    private readonly logs: SealedLog,
    from: VerifiedState | undefined,
  ) {
    this.tally = new LinkTally(from?.links ?? noLinks);
    this.results = new LeafResults(from?.leaves);
    this.to = from && from.to !== '' ? BigInt(from.to) : undefined;
    this.reader = new LeafReader(options.log, origin, (stream) => this.filter(stream));
  }

  /** False when the files of the log could not be read to their end. */
  get isWhole(): boolean {
    return this.faults.length === 0;
  }

  async run(): Promise<void> {
    const { log, onProgress } = this.options;
    const begin = this.to;
    let seen = 0;
    await this.nextBatch();
    for await (const event of log.readAll(begin)) {
      if (begin !== undefined && event.position <= begin) continue;
      if (++seen % progressEvery === 0) onProgress?.(event.position, seen);
      while (this.batch && event.position > this.batch.to) await this.nextBatch();
      const read = await this.reader.read(event);
      this.tally.count(event, read.finding);
      this.judge(event, read);
      if (event.stream === sealStream && event.type === 'Sealed') this.checkSeal(event);
    }
    while (this.batch) await this.nextBatch();
  }

  stateAtSeal(origin: string): VerifiedState | undefined {
    if (!this.kept) return undefined;
    return {
      format: 1,
      origin,
      to: this.to?.toString() ?? '',
      sealed: this.logs.progress,
      ...this.kept,
    };
  }

  private filter(stream: string): boolean {
    const { filters, newestFilter } = this.options;
    const version = this.batch ? (this.logs.configurations.at(-1)?.filter ?? newestFilter) : newestFilter;
    const filter = filters[version];
    if (!filter)
      throw new InvariantBroken(
        'audit.unknown-filter',
        `a newer program than this one is needed: filter ${version}`,
      );
    return filter(stream);
  }

  private judge(event: StoredEvent, { finding, leaf }: ReadEvent): void {
    if (!leaf) return;
    const place = placeOf(event);
    const fault = finding.kind === 'violation' ? finding.fault : undefined;
    const sealed = this.batch?.leaves.get(place.position);
    this.batch?.leaves.delete(place.position);
    if (this.batch && !sealed)
      this.results.bad({ result: 'EXTRA', ...place, reason: fault ?? 'it was never sealed' });
    else if (fault !== undefined) this.results.bad({ result: 'TAMPERED', ...place, reason: fault });
    else if (sealed && !isSealedAs(leaf, sealed))
      this.results.bad({ result: 'TAMPERED', ...place, reason: 'it is not what was sealed' });
    else if (sealed) this.results.count('OK');
    else if (this.isWhole) this.results.count('NOT_YET_SEALED');
  }

  /** What the log still held of the batch before is not there any more. */
  private async nextBatch(): Promise<void> {
    for (const [position, { bytes }] of this.batch?.leaves ?? []) {
      const entry = workspaceEntry(bytes);
      const revision = entry.k === 'ts' ? '' : entry.rev;
      const { stream } = entry;
      this.results.bad({
        result: 'MISSING',
        stream,
        revision,
        position,
        reason: 'it was sealed, and is not there',
      });
    }
    if (this.batch) this.to = this.batch.to;
    this.batch = undefined;
    if (this.ended) return;
    try {
      this.batch = await this.logs.nextBatch();
    } catch (error) {
      if (!(error instanceof InvariantBroken)) throw error;
      this.faults.push(messageOf(error));
    }
    if (this.batch) this.issued.set(this.batch.size, this.batch.root.toString('hex'));
    else {
      this.ended = true;
      this.kept = { links: this.tally.counts, leaves: this.results.counts };
    }
  }

  /** Every seal that was ever made is a beginning of the log. */
  private checkSeal({ data }: StoredEvent): void {
    const { size, root } = data as Seal;
    const issued = this.issued.get(size);
    this.issued.delete(size);
    if (issued !== undefined && issued !== root)
      this.faults.push(`seal of ${size} leaves: the log has another root there`);
  }
}

function placeOf({ stream, revision, position }: StoredEvent): Omit<BadLeaf, 'result' | 'reason'> {
  return { stream, revision: revision.toString(), position: position.toString() };
}
