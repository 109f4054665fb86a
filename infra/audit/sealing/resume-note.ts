import { codeOf } from '../../../domain/kernel/errors.js';
import type { ResumePoint } from '../log/audit-logs.js';
import type { SignerKey, VerifierKey } from '../notes/note-key.js';
import { encodeNote, isSignedBy, parseNote, signNote } from '../notes/signed-note.js';

/** Beside the tiles; means nothing to anybody but a sealer that starts. */
export const resumePath = 'resume';
const heading = 'axion/resume/1';

/**
 * The heads of all workspaces as they were at some size, signed: whoever starts reads the origin's log from there on.
 * Without it, or with one that does not hold, all of it is read.
 */
export function encodeResume({ size, root, heads }: ResumePoint, key: SignerKey): Buffer {
  const rows = heads.map(({ ws, size: leaves, root: itsRoot }) => [ws, leaves, itsRoot]);
  const content = JSON.stringify({ size, root: root.toString('hex'), heads: rows });
  const text = `${heading}\n${key.verifier.name}\n${content}\n`;
  return Buffer.from(encodeNote({ text, signatures: [signNote(text, key)] }));
}

/** Undefined for what none of the keys signed. */
export function decodeResume(bytes: Buffer, keys: readonly VerifierKey[]): ResumePoint | undefined {
  try {
    const note = parseNote(bytes.toString());
    const signer = keys.find((key) => isSignedBy(note, key));
    const [first, name, content = ''] = note.text.split('\n');
    if (!signer || first !== heading || name !== signer.name) return undefined;
    // It is ours as we wrote it.
    const { size, root, heads } = JSON.parse(content) as Stored;
    return {
      size,
      root: Buffer.from(root, 'hex'),
      heads: heads.map(([ws, leaves, itsRoot]) => ({ ws, size: leaves, root: itsRoot })),
    };
  } catch (error) {
    if (codeOf(error) === 'note.malformed') return undefined;
    throw error;
  }
}

interface Stored {
  readonly size: number;
  readonly root: string;
  readonly heads: readonly (readonly [string, string, string])[];
}
