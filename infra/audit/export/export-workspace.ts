import { createWriteStream } from 'node:fs';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { NotFound, InvariantBroken } from '../../../domain/kernel/errors.js';
import type { EventLog, StoredEvent } from '../../../domain/kernel/ports/event-log.js';
import type { JsonValue } from '../../../domain/kernel/json.js';
import { canonicalJson } from '../../eventstore/canonical-json.js';
import { workspaceTag, type ConfigurationEntry, type WorkspaceEntry } from '../log/audit-entry.js';
import { AuditLogs } from '../log/audit-logs.js';
import { leafFrom, originEntry, workspaceEntry, type FoundHead } from '../log/find-leaf.js';
import { inclusionProof } from '../merkle/prove.js';
import { parseCheckpoint } from '../notes/checkpoint.js';
import { parseNote } from '../notes/signed-note.js';
import type { TileStore } from '../tiles/tile-store.js';

export interface ExportRequest {
  readonly workspace: string;
  /** Hex. */
  readonly origin: string;
  /** Made, if it is not there; what lies in it is written over. */
  readonly directory: string;
  /** Positions; both inclusive. `to` is moved back to the last seal at or before it. */
  readonly from?: bigint;
  readonly to?: bigint;
}

export interface ExportPorts {
  readonly log: EventLog;
  readonly tiles: Pick<TileStore, 'read'>;
  /** The newest signed note of the origin's log, and the keys that it is checked by. */
  readonly checkpoint: string;
  readonly keys: readonly string[];
  /** Verifier keys of the witnesses whose cosignatures the checkpoint bears. */
  readonly witnesses?: readonly string[];
  /** The verifier, compiled: it is copied into the export. */
  readonly verifier: string;
  readonly onProgress?: (leaves: number, of: number) => void;
}

export interface ExportReport {
  readonly workspace: string;
  readonly first: number;
  readonly size: number;
  readonly root: string;
}

interface OriginScan {
  readonly head: FoundHead | undefined;
  /** Every leaf that names another key than the one before it. */
  readonly rotations: readonly { readonly entry: ConfigurationEntry; readonly index: number }[];
}

/** The metadata that is hashed, and goes along; what else others may have added proves nothing. */
const hashedMetadata = [
  ...['v', 'origin', 'ws', 'at', 'actor', 'cmd', 'corr', 'cause'],
  ...['schema', 'salt', 'prev', 'ph', 'h'],
].map((key) => `a.${key}`);
const progressEvery = 1000;

/**
 * Writes the audit trail of one workspace into a folder that proves itself: complete, unchanged, and without a leaf of
 * any other workspace (docs/audit-chain.md).
 *
 * @throws NotFound `audit.nothing-sealed` when nothing of the workspace was sealed yet
 */
export async function exportWorkspace(request: ExportRequest, ports: ExportPorts): Promise<ExportReport> {
  const { workspace, origin, directory, from = 0n, to } = request;
  const { tiles, checkpoint, keys, witnesses = [], verifier } = ports;
  const signed = parseCheckpoint(parseNote(checkpoint).text);
  const logs = new AuditLogs(tiles);
  const tag = workspaceTag(workspace);
  const { head, rotations } = await scanOrigin(logs, signed.size, tag, to);
  if (!head)
    throw new NotFound('audit.nothing-sealed', `nothing of the workspace ${workspace} was sealed so far`);
  const size = Number(head.entry.size);
  const log = logs.logOf(tag);
  const first = (await leafFrom(log, size, from))?.index ?? size;
  const { root } = head.entry;
  const nodes = logs.originLog().nodes(signed.size);
  const proofOf = async (index: number) => (await inclusionProof(index, signed.size, nodes)).map(toHex);
  const proof = await proofOf(head.index);
  const rotated = [];
  for (const { entry, index } of rotations)
    rotated.push({ entry: { ...entry }, index, proof: await proofOf(index) });
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const write = (name: string, text: string) => writeFile(join(directory, name), text, { mode: 0o600 });
  await pipeline(
    Readable.from(linesOf(log.entries(size, first), ports, size - first)),
    createWriteStream(join(directory, 'leaves.ndjson'), { mode: 0o600 }),
  );
  if (first > 0) await write('prefix', JSON.stringify((await log.rangeAt(size, first)).hashes.map(toHex)));
  await write('manifest.json', pretty({ format: 1, origin, workspace, first, size, root }));
  await write('head.json', pretty({ entry: { ...head.entry }, index: head.index, proof }));
  if (rotated.length > 0) await write('rotations.json', pretty(rotated));
  await write('checkpoint', checkpoint);
  await write('keys', `${keys.join('\n')}\n`);
  const quorum = witnesses.length;
  await write(
    'policy.json',
    pretty({ origin: signed.origin, keys: [...keys], witnesses: [...witnesses], quorum }),
  );
  await copyFile(verifier, join(directory, 'verify.mjs'));
  return { workspace, first, size, root };
}

/** Reads the origin's log once: the last head of a workspace at or before a position, and who signed when. */
async function scanOrigin(
  logs: AuditLogs,
  size: number,
  tag: string,
  to: bigint | undefined,
): Promise<OriginScan> {
  let head: FoundHead | undefined;
  let key: string | undefined;
  const rotations: { entry: ConfigurationEntry; index: number }[] = [];
  let index = -1;
  for await (const bytes of logs.originLog().entries(size)) {
    index += 1;
    const entry = originEntry(bytes);
    if (entry.k === 'cfg') {
      // The first says nothing of another key, unless the key was changed before anything was sealed.
      if (entry.key !== key && (key !== undefined || entry.signature !== ''))
        rotations.push({ entry, index });
      key = entry.key;
    } else if (entry.ws === tag && (to === undefined || BigInt(entry.to) <= to)) head = { entry, index };
  }
  return { head, rotations };
}

/** One line a leaf, in leaf order, each in its one canonical form. */
async function* linesOf(
  entries: AsyncIterable<Buffer>,
  { log, onProgress }: ExportPorts,
  count: number,
): AsyncIterable<string> {
  let events: AsyncIterator<StoredEvent> | undefined;
  let written = 0;
  try {
    for await (const bytes of entries) {
      const entry = workspaceEntry(bytes);
      events ??= log.readAll(positionOf(entry))[Symbol.asyncIterator]();
      const line =
        entry.k === 'ev'
          ? { entry: { ...entry }, event: toLine(await eventAt(events, entry.id)) }
          : { entry: { ...entry } };
      yield `${canonicalJson(line)}\n`;
      if (++written % progressEvery === 0) onProgress?.(written, count);
    }
  } finally {
    await events?.return?.();
  }
}

async function eventAt(events: AsyncIterator<StoredEvent>, id: string): Promise<StoredEvent> {
  for (;;) {
    const next = await events.next();
    if (next.done === true)
      throw new InvariantBroken('audit.event-missing', `the event ${id} was sealed, and is not in the log`);
    if (next.value.id === id) return next.value;
  }
}

function toLine({ stream, revision, id, type, data, metadata }: StoredEvent) {
  return {
    stream,
    revision: revision.toString(),
    id,
    type,
    // It was sealed: its data is JSON, and canonical.
    data: data as JsonValue,
    metadata: Object.fromEntries(hashedMetadata.map((key) => [key, String(metadata[key])] as const)),
  };
}

function positionOf({ pos }: WorkspaceEntry): bigint {
  return BigInt(pos);
}

function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function pretty(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
