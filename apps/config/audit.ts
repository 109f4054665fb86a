import { SigningKeys, makeFirstSeed, type SeedSource } from '../../infra/audit/keys/signing-keys.js';
import { decodeVerifierKey, type VerifierKey } from '../../infra/audit/notes/note-key.js';
import { readCheckpointFile, sizeOfNote } from '../../infra/audit/publishing/checkpoint-file.js';
import { logNameOf } from '../../infra/audit/sealing/sealer.js';
import { FileTileStore } from '../../infra/audit/tiles/file-tile-store.js';
import type { Configuration } from './configuration.js';
import { auditDirectoryOf, keysDirectoryOf } from './data-directories.js';

export function tilesOf(configuration: Configuration): FileTileStore {
  return new FileTileStore(auditDirectoryOf(configuration));
}

export function seedSourceOf(configuration: Configuration): SeedSource {
  const { signingKeys } = configuration.audit;
  if (!signingKeys) return { kind: 'files', directory: keysDirectoryOf(configuration) };
  return { kind: 'told', seeds: signingKeys.map((seed) => Buffer.from(seed, 'base64')) };
}

/** The keys of the origin's log; none where nobody made one yet. */
export function signingKeysOf(configuration: Configuration, origin: string): SigningKeys {
  return new SigningKeys(logNameOf(origin), seedSourceOf(configuration));
}

/** The keys of the origin's log; the first one is made where neither the settings nor a file holds one. */
export async function obtainSigningKeys(configuration: Configuration, origin: string): Promise<SigningKeys> {
  const source = seedSourceOf(configuration);
  if (source.kind === 'files') await makeFirstSeed(source.directory);
  return signingKeysOf(configuration, origin);
}

export function witnessKeysOf({ audit }: Configuration): readonly VerifierKey[] {
  return audit.witnesses.map(({ key }) => decodeVerifierKey(key));
}

/**
 * The checkpoint that an export or a proof leads up to: the newest that a witness cosigned, where witnesses are set and
 * `newest` is not; undefined when nothing was sealed yet.
 */
export async function checkpointFor(
  configuration: Configuration,
  { newest = false }: { readonly newest?: boolean } = {},
): Promise<string | undefined> {
  const directory = auditDirectoryOf(configuration);
  const sealed = await readCheckpointFile(directory, 'sealed');
  const cosigned = await readCheckpointFile(directory, 'cosigned');
  if (cosigned === undefined || sealed === undefined) return sealed ?? cosigned;
  const isCurrent = sizeOfNote(cosigned) === sizeOfNote(sealed);
  return isCurrent || (!newest && configuration.audit.witnesses.length > 0) ? cosigned : sealed;
}
