import { InvariantBroken, codeOf } from '../../../domain/kernel/errors.js';
import { RevisionConflict } from '../../../domain/kernel/ports/event-log.js';
import { AuditLogs, type Batch, type Growth } from '../log/audit-logs.js';
import { checkpointText } from '../notes/checkpoint.js';
import type { SignerKey } from '../notes/note-key.js';
import { encodeNote, signNote } from '../notes/signed-note.js';
import type { TileStore } from '../tiles/tile-store.js';
import type { LeafFilter } from '../log/leaf-reader.js';
import { crashPoint } from '../../system/crash-points.js';
import { BatchReader } from './batch-reader.js';
import { decodeResume, encodeResume, resumePath } from './resume-note.js';
import { readSealState, sealStream, type Seal, type SealIntent, type SealState } from './seal-events.js';
import { configurationAfter, signersAfter } from './seal-signers.js';
import { SealWriter, type SealWriterOptions } from './seal-writer.js';

export interface SealerOptions extends SealWriterOptions {
  readonly tiles: TileStore;
  /** Oldest first. The last one signs; where the log does not know it yet, the next seal names it. */
  readonly keys: () => Promise<readonly SignerKey[]>;
  /** Every filter there ever was, by its version. */
  readonly filters: Readonly<Record<string, LeafFilter>>;
  /** The version that new seals are made with. */
  readonly filter: string;
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
  private readonly writer: SealWriter;
  private readers = new Map<string, BatchReader>();
  /** Known even where the logs do not agree with it. */
  private lastSealed: SealState['sealed'];
  private resumeSize = 0;

  constructor(private readonly options: SealerOptions) {
    this.logs = new AuditLogs(options.tiles);
    this.writer = new SealWriter(options);
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
    this.writer.goOnAfter(newest);
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
    const { filter, mostLeaves = 20_000, keys } = this.options;
    const { sealed } = this.current();
    const after = positionOf(sealed?.to);
    const { batch, worthSealing } = await this.readerOf(filter).read(after, { most: mostLeaves });
    if (!batch || !worthSealing) return { kind: 'nothingNew' };
    const cfg = configurationAfter(sealed, filter, await keys());
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
    await this.writer.append('SealIntent', intent);
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
    const { tiles, origin, keys } = this.options;
    const signers = signersAfter(this.current().sealed, intent.cfg, await keys());
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
    const revision = await this.writer.append('Sealed', seal);
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

  private current(): SealState {
    if (!this.state) throw new InvariantBroken('audit.not-begun', 'the seal stream was not read yet');
    return this.state;
  }
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
