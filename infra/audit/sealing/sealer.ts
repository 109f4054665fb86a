import { InvariantBroken, codeOf } from '../../../domain/kernel/errors.js';
import { systemContext } from '../../../domain/kernel/event.js';
import {
  AppendUnknown,
  RevisionConflict,
  type EventLog,
  type EventToAppend,
} from '../../../domain/kernel/ports/event-log.js';
import type { Clock, IdSource } from '../../../domain/kernel/time.js';
import { hashOf, linkEvents, type ChainLink } from '../../eventstore/chain.js';
import { toStorableJson } from '../../eventstore/canonical-json.js';
import type { ConfigurationEntry } from '../log/audit-entry.js';
import { AuditLogs, type Batch, type Growth } from '../log/audit-logs.js';
import { checkpointText } from '../notes/checkpoint.js';
import { encodeVerifierKey, type SignerKey } from '../notes/note-key.js';
import { encodeNote, isSignedBy, parseNote, signNote } from '../notes/signed-note.js';
import type { TileStore } from '../tiles/tile-store.js';
import type { LeafFilter } from '../log/leaf-reader.js';
import { configure } from '../log/configuration.js';
import { crashPoint } from '../../system/crash-points.js';
import { BatchReader } from './batch-reader.js';
import { decodeResume, encodeResume, resumePath } from './resume-note.js';
import { readSealState, sealStream, type Seal, type SealIntent, type SealState } from './seal-events.js';

export interface SealerOptions {
  readonly log: EventLog;
  readonly tiles: TileStore;
  /** Hex, of the log (rule F2). */
  readonly origin: string;
  /** Oldest first. The last one signs; where the log does not know it yet, the next seal names it. */
  readonly keys: () => Promise<readonly SignerKey[]>;
  /** Every filter there ever was, by its version. */
  readonly filters: Readonly<Record<string, LeafFilter>>;
  /** The version that new seals are made with. */
  readonly filter: string;
  readonly clock: Clock;
  readonly ids: IdSource;
  /** Leaves in one seal. Default 20,000. */
  readonly mostLeaves?: number;
  /** So many leaves of the origin's log a start reads at most, beside the heads of all workspaces. Default 4,096. */
  readonly resumeEvery?: number;
  /** Told of each seal that stands; of the last one again at each start. */
  readonly publish: (seal: Seal) => Promise<void>;
}

/** What a turn came to. */
export type Turn =
  | { readonly kind: 'sealed'; readonly seal: Seal; readonly leaves: number }
  | { readonly kind: 'nothingNew' }
  /** Somebody else seals: nothing was lost, and this one begins again from the seal stream. */
  | { readonly kind: 'superseded' };

/** Names the origin's log in checkpoints, for ever. */
export function logNameOf(origin: string): string {
  return `axion/${origin}`;
}

/**
 * Seals what is new, in four steps: read and check; declare the intent; write the tiles; sign and seal. Wherever it
 * ends, the next one completes exactly what was declared. It never repairs: what does not agree with the last seal is
 * an incident, and nothing is signed any more.
 */
export class Sealer {
  private logs: AuditLogs;
  private state: SealState | undefined;
  private link: ChainLink | undefined;
  private readers = new Map<string, BatchReader>();
  /** Known even where the logs do not agree with it. */
  private lastSealed: SealState['sealed'];
  private resumeSize = 0;

  constructor(private readonly options: SealerOptions) {
    this.logs = new AuditLogs(options.tiles);
  }

  /** The last seal that this sealer knows of. */
  get sealed(): SealState['sealed'] {
    return this.lastSealed;
  }

  /**
   * When the oldest event happened that is to be sealed and is not.
   *
   * @returns RFC 3339; undefined when everything is sealed
   * @throws Unavailable
   */
  async oldestUnsealed(): Promise<string | undefined> {
    const { log, filters, filter } = this.options;
    const isLeaf = filters[filter] ?? (() => false);
    const after = positionOf(this.lastSealed?.to);
    const from = this.readers.get(filter)?.through ?? after;
    for await (const { stream, position, metadata } of log.readAll(from)) {
      if ((after !== undefined && position <= after) || stream === sealStream || !isLeaf(stream)) continue;
      if (typeof metadata['a.at'] === 'string') return metadata['a.at'];
    }
    return undefined;
  }

  /**
   * One seal, if there is something new.
   *
   * @throws InvariantBroken `audit.incident` when the log, the tiles or the seals do not agree
   * @throws Unavailable when the log or the files cannot be reached; the next turn goes on from there
   */
  async turn(): Promise<Turn> {
    try {
      this.state ??= await this.begin();
      const { pending } = this.state;
      return pending ? await this.complete(pending) : await this.sealNext();
    } catch (error) {
      // Whatever is half done is found again in the seal stream.
      this.state = undefined;
      if (error instanceof RevisionConflict) return { kind: 'superseded' };
      throw error;
    }
  }

  /** The next turn begins with the seal stream and the files, as a start does. */
  forget(): void {
    this.state = undefined;
  }

  /** Reads the end of the seal stream, and takes the logs up as they were sealed. */
  private async begin(): Promise<SealState> {
    const { log, tiles } = this.options;
    const { state, newest } = await readSealState(log);
    this.link = newest && { revision: newest.revision, hash: hashOf(newest) ?? '' };
    this.logs = new AuditLogs(tiles);
    this.readers = new Map();
    this.lastSealed = state.sealed;
    this.resumeSize = 0;
    if (state.sealed) {
      const keys = await this.options.keys();
      const noted = await tiles.read(resumePath);
      const resume =
        noted &&
        decodeResume(
          noted,
          keys.map(({ verifier }) => verifier),
        );
      this.resumeSize = resume?.size ?? 0;
      await this.logs.open(state.sealed.size, Buffer.from(state.sealed.root, 'hex'), resume);
      await this.publish(state.sealed);
    }
    crashPoint('seal.begun');
    return state;
  }

  /** Somebody else may have sealed and published while this one slept: the newest is published last. */
  private async publish(seal: Seal): Promise<void> {
    const { log, publish } = this.options;
    for (let next: Seal | undefined = seal; next;) {
      const published: Seal = next;
      await publish(published);
      const last = await log.readLast(sealStream);
      if (!last || last.revision < BigInt(2 * published.n)) return;
      const { sealed } = (await readSealState(log)).state;
      next = sealed && sealed.n > published.n ? sealed : undefined;
    }
  }

  private async sealNext(): Promise<Turn> {
    const { filter, mostLeaves = 20_000 } = this.options;
    const { sealed } = this.current();
    const after = positionOf(sealed?.to);
    const { batch, worthSealing } = await this.readerOf(filter).read(after, { most: mostLeaves });
    if (!batch || !worthSealing) return { kind: 'nothingNew' };
    const cfg = await this.configurationAfter(sealed);
    const growth = await this.logs.grow(cfg ? { ...batch, configuration: cfg } : batch);
    const intent: SealIntent = {
      n: (sealed?.n ?? 0) + 1,
      size: growth.size,
      root: growth.root.toString('hex'),
      from: sealed?.to ?? '',
      to: batch.to.toString(),
      count: batch.entries.length,
      filter,
      cfg: cfg ?? null,
    };
    crashPoint('seal.read');
    await this.append('SealIntent', intent);
    crashPoint('seal.declared');
    return this.seal(intent, growth);
  }

  /** Somebody declared an intent and did not come to its end: exactly that is sealed now. */
  private async complete(intent: SealIntent): Promise<Turn> {
    const { from, to, filter, cfg } = intent;
    const { batch } = await this.readerOf(filter).read(positionOf(from), { to: BigInt(to) });
    const configured: Batch | undefined = batch && cfg ? { ...batch, configuration: cfg } : batch;
    const growth = configured && (await this.logs.grow(configured));
    if (!growth || growth.size !== intent.size || growth.root.toString('hex') !== intent.root)
      throw new InvariantBroken(
        'audit.incident',
        `what seal ${intent.n} was to hold is not what the log holds now`,
        { n: intent.n, from, to },
      );
    return this.seal(intent, growth);
  }

  private async seal(intent: SealIntent, growth: Growth): Promise<Turn> {
    const { tiles, origin } = this.options;
    const signers = await this.signersOf(intent);
    await tiles.write(growth.files);
    crashPoint('seal.written');
    await this.readBack(growth);
    crashPoint('seal.verified');
    const text = checkpointText({
      origin: logNameOf(origin),
      size: growth.size,
      root: growth.root,
      extensions: [],
    });
    const checkpoint = encodeNote({ text, signatures: signers.map((key) => signNote(text, key)) });
    const { n, size, root, to, filter, count } = intent;
    const seal: Seal = { n, size, root, checkpoint };
    crashPoint('seal.signed');
    const revision = await this.append('Sealed', seal);
    crashPoint('seal.sealed');
    growth.adopt();
    const sealed = { ...seal, to, filter };
    this.state = { revision, sealed, pending: undefined };
    this.lastSealed = sealed;
    await this.noteResume(signers);
    await this.publish(seal);
    crashPoint('seal.published');
    return { kind: 'sealed', seal, leaves: count };
  }

  /** A disk that stores something else than it was given is found before anything is signed. */
  private async readBack({ files }: Growth): Promise<void> {
    for (const [path, bytes] of files) {
      const stored = await this.options.tiles.read(path);
      if (!stored || Buffer.compare(stored, bytes) !== 0)
        throw new InvariantBroken('audit.incident', `${path} does not read back as it was written`, { path });
    }
  }

  private async noteResume([key]: readonly SignerKey[]): Promise<void> {
    const { tiles, resumeEvery = 4096 } = this.options;
    if (!key || this.logs.size - this.resumeSize < resumeEvery) return;
    await tiles.write(new Map([[resumePath, encodeResume(this.logs.resumePoint(), key)]]));
    this.resumeSize = this.logs.size;
  }

  /** The first seal, and each that changes the filter or the key, begins with how the log is made from here on. */
  private async configurationAfter(sealed: SealState['sealed']): Promise<ConfigurationEntry | undefined> {
    const { filter } = this.options;
    const keys = await this.options.keys();
    const newest = keys.at(-1);
    if (!newest) throw new InvariantBroken('audit.unknown-key', 'there is no key to sign with');
    // Rotated before anything was sealed: who was given the first key must be able to follow.
    const before = sealed ? signerOf(sealed.checkpoint, keys) : keys.slice(0, -1).at(0);
    if (before === newest && sealed?.filter === filter) return undefined;
    return configure(filter, newest.verifier, before);
  }

  /** Who signs a seal; where the key changes, the old one too, so that who knows that one alone can follow. */
  private async signersOf({ cfg }: SealIntent): Promise<readonly SignerKey[]> {
    const { sealed } = this.current();
    const keys = await this.options.keys();
    const before = sealed && signerOf(sealed.checkpoint, keys);
    const named = cfg ? keys.find(({ verifier }) => encodeVerifierKey(verifier) === cfg.key) : before;
    if (!named) throw unknownKey();
    return before && before !== named ? [named, before] : [named];
  }

  private readerOf(version: string): BatchReader {
    const { log, origin, filters } = this.options;
    const known = this.readers.get(version);
    if (known) return known;
    const filter = filters[version];
    if (!filter)
      throw new InvariantBroken(
        'audit.unknown-filter',
        `a newer sealer than this one is needed: filter ${version}`,
      );
    const reader = new BatchReader(log, origin, filter);
    this.readers.set(version, reader);
    return reader;
  }

  /**
   * Appends at exactly the revision that was read; goes on only if that is acknowledged, or read back as ours.
   *
   * @throws RevisionConflict when somebody else was first
   */
  private async append(type: 'SealIntent' | 'Sealed', data: object): Promise<bigint> {
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

  private current(): SealState {
    if (!this.state) throw new InvariantBroken('audit.not-begun', 'the seal stream was not read yet');
    return this.state;
  }
}

/** Whose signature counts at a seal: the newest of ours that it bears. */
function signerOf(checkpoint: string, keys: readonly SignerKey[]): SignerKey {
  const note = parseNote(checkpoint);
  const signer = keys.filter(({ verifier }) => isSignedBy(note, verifier)).at(-1);
  if (!signer) throw unknownKey();
  return signer;
}

function unknownKey(): InvariantBroken {
  return new InvariantBroken('audit.unknown-key', 'the log is signed by a key that is not here');
}

function positionOf(text: string | undefined): bigint | undefined {
  return text === undefined || text === '' ? undefined : BigInt(text);
}

/** What does not agree, and what is damaged or gone: another try would find the same. */
const incidents: ReadonlySet<unknown> = new Set([
  'audit.incident',
  'audit.bad-entry',
  'audit.torn-bundle',
  'audit.tile-missing',
  'audit.tile-damaged',
]);

/** Whether sealing cannot go on without a person. */
export function isIncident(error: unknown): boolean {
  return incidents.has(codeOf(error));
}
