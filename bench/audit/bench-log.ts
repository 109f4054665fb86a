import { join } from 'node:path';
import { isAudited } from '../../infra/audit/verify-links.js';
import { SigningKeys, makeFirstSeed } from '../../infra/audit/keys/signing-keys.js';
import { logNameOf } from '../../infra/audit/sealing/sealer.js';

/** What is a leaf of the benchmarks' log: everything that they write. */
export const benchFilters = { '1': isAudited(new Set(['benchLedger', 'benchOffer', 'seal'])) };
export const benchFilter = '1';

/** The keys of the benchmarks' log; made where there are none. */
export async function benchKeys(directory: string, origin: string): Promise<SigningKeys> {
  const keys = join(directory, 'keys');
  await makeFirstSeed(keys);
  return new SigningKeys(logNameOf(origin), { kind: 'files', directory: keys });
}

/** Where the tiles of a directory lie. */
export function tilesIn(directory: string): string {
  return join(directory, 'audit');
}
