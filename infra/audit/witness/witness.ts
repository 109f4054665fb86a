import { messageOf } from '../../../domain/kernel/errors.js';
import { emptyRoot } from '../merkle/hashing.js';
import { provesConsistency } from '../merkle/verify-proof.js';
import { parseCheckpoint, type Checkpoint } from '../notes/checkpoint.js';
import { cosign } from '../notes/cosignature.js';
import type { SignerKey, VerifierKey } from '../notes/note-key.js';
import { encodeSignature, isSignedBy, parseNote, type SignedNote } from '../notes/signed-note.js';
import { parseAddCheckpoint, type AddCheckpoint } from './add-checkpoint.js';

/** What a witness remembers of one log: the newest checkpoint that it cosigned, as a note. */
export interface WitnessState {
  read(origin: string): Promise<string | undefined>;
  /** Durable when it returns, and whole or not at all: only then the witness signs. */
  write(origin: string, checkpoint: string): Promise<void>;
}

/** The answers of C2SP tlog-witness. */
export type WitnessAnswer =
  | { readonly kind: 'cosigned'; readonly signatures: string }
  | { readonly kind: 'malformed'; readonly reason: string }
  /** It does not know the log. */
  | { readonly kind: 'unknownLog' }
  /** It is not signed by the log's key. */
  | { readonly kind: 'notSigned' }
  /** The sender is not where the witness is: it was at `size`. */
  | { readonly kind: 'elsewhere'; readonly size: number }
  /** The proof does not hold: somebody shows two histories. */
  | { readonly kind: 'inconsistent' };

export interface WitnessOptions {
  readonly key: SignerKey;
  /** By the names of their logs. */
  readonly logs: ReadonlyMap<string, VerifierKey>;
  readonly state: WitnessState;
  /** Seconds since 1970. */
  readonly now: () => number;
}

/** Sees that a log only grows: it cosigns what begins with what it cosigned before, and nothing else. */
export class Witness {
  private readonly turns = new Map<string, Promise<WitnessAnswer>>();

  constructor(private readonly options: WitnessOptions) {}

  async add(body: string): Promise<WitnessAnswer> {
    let asked: AddCheckpoint;
    let note: SignedNote;
    let checkpoint: Checkpoint;
    try {
      asked = parseAddCheckpoint(body);
      note = parseNote(asked.checkpoint);
      checkpoint = parseCheckpoint(note.text);
    } catch (error) {
      return { kind: 'malformed', reason: messageOf(error) };
    }
    const { origin } = checkpoint;
    const key = this.options.logs.get(origin);
    if (!key) return { kind: 'unknownLog' };
    if (!isSignedBy(note, key)) return { kind: 'notSigned' };
    // One after another: between the look and the write nobody else may write.
    const before = this.turns.get(origin) ?? Promise.resolve();
    const turn = before.then(
      () => this.judge(asked, checkpoint, note),
      () => this.judge(asked, checkpoint, note),
    );
    this.turns.set(origin, turn);
    return turn;
  }

  private async judge(
    { oldSize, proof, checkpoint: encoded }: AddCheckpoint,
    checkpoint: Checkpoint,
    note: SignedNote,
  ): Promise<WitnessAnswer> {
    const { key, state, now } = this.options;
    const stored = await state.read(checkpoint.origin);
    const seen = stored === undefined ? undefined : parseCheckpoint(parseNote(stored).text);
    const size = seen?.size ?? 0;
    if (oldSize > checkpoint.size) return { kind: 'malformed', reason: 'a log does not shrink' };
    if (oldSize !== size) return { kind: 'elsewhere', size };
    const root = seen?.root ?? emptyRoot;
    const grows =
      size === 0
        ? proof.length === 0
        : provesConsistency(size, checkpoint.size, proof, root, checkpoint.root);
    if (!grows) return { kind: 'inconsistent' };
    await state.write(checkpoint.origin, encoded);
    return { kind: 'cosigned', signatures: encodeSignature(cosign(note.text, key, now())) };
  }
}
