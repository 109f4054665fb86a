import { AxionError } from '../../../domain/kernel/errors.js';
import type { ConfigurationEntry } from '../log/audit-entry.js';
import { AuditLogs } from '../log/audit-logs.js';
import { trustedKeys } from '../log/configuration.js';
import { consistencyProof } from '../merkle/prove.js';
import { provesConsistency } from '../merkle/verify-proof.js';
import { parseCheckpoint, type Checkpoint } from '../notes/checkpoint.js';
import type { VerifierKey } from '../notes/note-key.js';
import { isSignedBy, parseNote } from '../notes/signed-note.js';
import type { Seal } from '../sealing/seal-events.js';
import type { TileStore } from '../tiles/tile-store.js';

/** A checkpoint that somebody saw, and who. */
export interface HeldCheckpoint {
  readonly holder: string;
  readonly note: string;
}

export interface CheckedLog {
  readonly name: string;
  readonly tiles: Pick<TileStore, 'read'>;
  readonly sealed: Pick<Seal, 'size' | 'root' | 'checkpoint'> | undefined;
  readonly keys: readonly VerifierKey[];
  readonly configurations: readonly ConfigurationEntry[];
}

/**
 * Whether the last seal is signed, and the log begins with every checkpoint that somebody saw.
 *
 * @returns what is wrong, in words
 */
export async function faultsOfCheckpoints(
  held: readonly HeldCheckpoint[],
  log: CheckedLog,
): Promise<readonly string[]> {
  const { sealed } = log;
  const last = sealed ? [{ holder: 'the last seal', note: sealed.checkpoint }] : [];
  const faults: string[] = [];
  for (const { holder, note } of [...last, ...held]) {
    const fault = await faultOf(note, log);
    if (fault !== undefined) faults.push(`${holder}: ${fault}`);
  }
  return faults;
}

async function faultOf(encoded: string, log: CheckedLog): Promise<string | undefined> {
  const { name, tiles, sealed, keys, configurations } = log;
  try {
    const note = parseNote(encoded);
    const checkpoint = parseCheckpoint(note.text);
    if (checkpoint.origin !== name) return `it is of ${checkpoint.origin}, and this log is ${name}`;
    if (!trustedKeys(keys, configurations).some((key) => isSignedBy(note, key)))
      return 'it is not signed by a key that is trusted';
    if (checkpoint.size > (sealed?.size ?? 0))
      return `it has ${checkpoint.size} leaves, and the log only ${sealed?.size ?? 0}: it was rolled back`;
    return sealed && (await begins(checkpoint, sealed, tiles))
      ? undefined
      : `the log does not begin with its ${checkpoint.size} leaves: there are two histories`;
  } catch (error) {
    if (error instanceof AxionError) return error.message;
    throw error;
  }
}

async function begins(
  { size, root }: Checkpoint,
  sealed: Pick<Seal, 'size' | 'root'>,
  tiles: Pick<TileStore, 'read'>,
): Promise<boolean> {
  const whole = Buffer.from(sealed.root, 'hex');
  if (size === sealed.size) return root.equals(whole);
  if (size === 0) return true;
  const proof = await consistencyProof(
    size,
    sealed.size,
    new AuditLogs(tiles).originLog().nodes(sealed.size),
  );
  return provesConsistency(size, sealed.size, proof, root, whole);
}
