import { parseCheckpoint } from '../notes/checkpoint.js';
import { cosignedAt, isCosignedBy } from '../notes/cosignature.js';
import type { VerifierKey } from '../notes/note-key.js';
import { parseNote } from '../notes/signed-note.js';

/** Who beside us has seen the log, and how much of it. */
export interface Anchoring {
  /** `UNANCHORED` or `WITNESSED(k of n)`. */
  readonly state: string;
  /** Leaves of the origin's log that were cosigned. */
  readonly size: number;
  /** RFC 3339, when the last of the witnesses cosigned; null where none did. */
  readonly at: string | null;
}

/** @param note a checkpoint, cosigned or not; undefined when there is none */
export function anchoringOf(note: string | undefined, witnesses: readonly VerifierKey[]): Anchoring {
  const parsed = note === undefined ? undefined : parseNote(note);
  const cosigners = parsed ? witnesses.filter((key) => isCosignedBy(parsed, key)) : [];
  if (!parsed || cosigners.length === 0) return { state: 'UNANCHORED', size: 0, at: null };
  const times = parsed.signatures
    .filter(({ keyId }) => cosigners.some(({ id }) => id.equals(keyId)))
    .map((signature) => cosignedAt(signature) ?? 0);
  return {
    state: `WITNESSED(${cosigners.length} of ${witnesses.length})`,
    size: parseCheckpoint(parsed.text).size,
    at: new Date(Math.max(...times) * 1000).toISOString(),
  };
}
