import { InvalidRequest, NotFound } from '../../../domain/kernel/errors.js';
import { encodeEntry, workspaceTag, type TreeHeadEntry, type WorkspaceEntry } from '../log/audit-entry.js';
import { AuditLogs } from '../log/audit-logs.js';
import { headCovering, leafFrom } from '../log/find-leaf.js';
import { leafHash } from '../merkle/hashing.js';
import { inclusionProof } from '../merkle/prove.js';
import { provesInclusion } from '../merkle/verify-proof.js';
import { parseCheckpoint } from '../notes/checkpoint.js';
import type { VerifierKey } from '../notes/note-key.js';
import { isSignedBy, parseNote } from '../notes/signed-note.js';
import type { TileStore } from '../tiles/tile-store.js';

/** That a leaf stands in its workspace's log, and the head of that log in the origin's, which is signed. Hashes are base64. */
export interface EventProof {
  readonly format: 1;
  readonly workspace: string;
  readonly entry: WorkspaceEntry;
  readonly index: number;
  readonly proof: readonly string[];
  readonly head: {
    readonly entry: TreeHeadEntry;
    readonly index: number;
    readonly proof: readonly string[];
  };
  /** The signed note, cosignatures included. */
  readonly checkpoint: string;
}

/** Where an event stands. */
export interface EventPlace {
  readonly workspace: string;
  readonly stream: string;
  readonly revision: bigint;
  /** Commit position. */
  readonly position: bigint;
}

/**
 * @param checkpoint the proof leads up to it
 * @throws NotFound `audit.not-sealed` when the event is beyond the checkpoint, or no leaf of the log
 */
export async function proveEvent(
  tiles: Pick<TileStore, 'read'>,
  checkpoint: string,
  { workspace, stream, revision, position }: EventPlace,
): Promise<EventProof> {
  const logs = new AuditLogs(tiles);
  const { size } = parseCheckpoint(parseNote(checkpoint).text);
  const head = await headCovering(logs, size, workspace, position);
  const log = logs.logOf(workspaceTag(workspace));
  const leaves = Number(head?.entry.size ?? 0);
  const leaf = head && (await leafFrom(log, leaves, position));
  const found = leaf?.entry;
  if (
    !head ||
    !leaf ||
    found?.k !== 'ev' ||
    found.pos !== position.toString() ||
    found.stream !== stream ||
    found.rev !== revision.toString()
  )
    throw new NotFound('audit.not-sealed', `revision ${revision} of ${stream} is not sealed so far`);
  const inLog = await inclusionProof(leaf.index, leaves, log.nodes(leaves));
  const inOrigin = await inclusionProof(head.index, size, logs.originLog().nodes(size));
  return {
    format: 1,
    workspace,
    entry: leaf.entry,
    index: leaf.index,
    proof: inLog.map(toBase64),
    head: { entry: head.entry, index: head.index, proof: inOrigin.map(toBase64) },
    checkpoint,
  };
}

/**
 * What a proof does not show, in words; undefined when it holds.
 *
 * @param keys of the log, one of which must have signed the checkpoint
 */
export function faultOfProof(proof: EventProof, keys: readonly VerifierKey[]): string | undefined {
  const { workspace, entry, index, head, checkpoint } = proof;
  try {
    const note = parseNote(checkpoint);
    const { origin, size, root } = parseCheckpoint(note.text);
    if (!keys.some((key) => key.name === origin && isSignedBy(note, key)))
      return 'the checkpoint is not signed by a key of the log';
    if (head.entry.ws !== workspaceTag(workspace)) return 'the head is of another workspace';
    const headLeaf = leafHash(encodeEntry(head.entry));
    if (!provesInclusion(head.index, size, headLeaf, head.proof.map(fromBase64), root))
      return 'the head is not in the log that was signed';
    const leaf = leafHash(encodeEntry(entry));
    const headRoot = Buffer.from(head.entry.root, 'hex');
    return provesInclusion(index, Number(head.entry.size), leaf, proof.proof.map(fromBase64), headRoot)
      ? undefined
      : 'the leaf is not in the log of the workspace';
  } catch (error) {
    if (error instanceof InvalidRequest) return error.message;
    throw error;
  }
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

function fromBase64(text: string): Buffer {
  return Buffer.from(text, 'base64');
}
