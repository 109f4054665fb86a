import { readFileSync } from 'node:fs';
import { isJsonObject, type JsonValue } from '../../domain/kernel/json.js';
import { messageOf } from '../../domain/kernel/errors.js';
import { AuditLogs } from '../../infra/audit/log/audit-logs.js';
import { originEntry } from '../../infra/audit/log/find-leaf.js';
import { decodeVerifierKey, type VerifierKey } from '../../infra/audit/notes/note-key.js';
import type { TileStore } from '../../infra/audit/tiles/tile-store.js';
import { signingKeysOf, witnessKeysOf } from '../config/audit.js';
import type { Configuration } from '../config/configuration.js';
import { Misuse } from './exit-codes.js';

/** Whom a verification believes. */
export interface AuditPolicy {
  /** Name of the log; undefined: whatever it is. */
  readonly origin: string | undefined;
  readonly keys: readonly VerifierKey[];
  readonly witnesses: readonly VerifierKey[];
  /** So many witnesses must have cosigned. */
  readonly quorum: number;
  /** False when the keys are those that the log itself names, which proves nothing about who wrote it. */
  readonly pinned: boolean;
}

/** A policy file, as `verify.mjs` takes it. @throws Misuse */
export function readPolicy(file: string): AuditPolicy {
  try {
    const policy: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (!isJsonObject(policy)) throw new RangeError('it holds no object');
    const { origin, keys, witnesses = [], quorum = 0 } = policy;
    if (typeof origin !== 'string' || typeof quorum !== 'number')
      throw new RangeError('it names no origin, or its quorum is no number');
    return {
      origin,
      keys: keysOf(keys),
      witnesses: keysOf(witnesses),
      quorum,
      pinned: true,
    };
  } catch (error) {
    throw new Misuse(`${file} is no policy: ${messageOf(error)}`);
  }
}

/** The keys of this data directory and the witnesses of the settings; without keys those that the log names first. */
export async function ownPolicy(
  configuration: Configuration,
  origin: string,
  tiles: Pick<TileStore, 'read'>,
): Promise<AuditPolicy> {
  const keys = (await signingKeysOf(configuration, origin).all()).map(({ verifier }) => verifier);
  const witnesses = witnessKeysOf(configuration);
  const rest = { origin: undefined, witnesses, quorum: 0 };
  if (keys.length > 0) return { ...rest, keys, pinned: true };
  return { ...rest, keys: await firstKeyOf(tiles), pinned: false };
}

async function firstKeyOf(tiles: Pick<TileStore, 'read'>): Promise<readonly VerifierKey[]> {
  // The bundle of the first leaf is a partial one while the log is short.
  for (let size = 1; size <= 256; size++) {
    const path = size === 256 ? 'origin/tile/entries/000' : `origin/tile/entries/000.p/${size}`;
    if ((await tiles.read(path)) === undefined) continue;
    for await (const bytes of new AuditLogs(tiles).originLog().entries(size, 0, 1)) {
      const entry = originEntry(bytes);
      return entry.k === 'cfg' ? [decodeVerifierKey(entry.key)] : [];
    }
  }
  return [];
}

function keysOf(value: JsonValue | undefined): readonly VerifierKey[] {
  if (!Array.isArray(value)) throw new RangeError('it lists no keys');
  return value.map((key) => decodeVerifierKey(String(key)));
}
