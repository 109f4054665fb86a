import { InvariantBroken } from '../../../domain/kernel/errors.js';
import type { ConfigurationEntry } from '../log/audit-entry.js';
import { configure } from '../log/configuration.js';
import { encodeVerifierKey, type SignerKey } from '../notes/note-key.js';
import { isSignedBy, parseNote } from '../notes/signed-note.js';
import type { SealState } from './seal-events.js';

/**
 * How the log is made from here on: what the first seal begins with, and each that changes the filter or the key.
 *
 * @param keys oldest first
 * @returns undefined when nothing changes
 * @throws InvariantBroken `audit.unknown-key`
 */
export function configurationAfter(
  sealed: SealState['sealed'],
  filter: string,
  keys: readonly SignerKey[],
): ConfigurationEntry | undefined {
  const newest = keys.at(-1);
  if (!newest) throw new InvariantBroken('audit.unknown-key', 'there is no key to sign with');
  // Rotated before anything was sealed: who was given the first key must be able to follow.
  const before = sealed ? signerOf(sealed.checkpoint, keys) : keys.slice(0, -1).at(0);
  if (before === newest && sealed?.filter === filter) return undefined;
  return configure(filter, newest.verifier, before);
}

/**
 * Who signs the next seal; where the key changes, the old one too, so that who knows that one alone can follow.
 *
 * @param configured what the seal begins with
 * @throws InvariantBroken `audit.unknown-key`
 */
export function signersAfter(
  sealed: SealState['sealed'],
  configured: ConfigurationEntry | null,
  keys: readonly SignerKey[],
): readonly SignerKey[] {
  const before = sealed && signerOf(sealed.checkpoint, keys);
  const named = configured
    ? keys.find(({ verifier }) => encodeVerifierKey(verifier) === configured.key)
    : before;
  if (!named) throw unknownKey();
  return before && before !== named ? [named, before] : [named];
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
