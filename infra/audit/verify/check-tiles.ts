import { InvariantBroken, messageOf } from '../../../domain/kernel/errors.js';
import { AuditLogs } from '../log/audit-logs.js';
import type { CompactRange } from '../merkle/compact-range.js';
import type { TileStore } from '../tiles/tile-store.js';
import type { SealedHeadsReader } from './sealed-heads.js';

/** The tiles of hashes, that proofs are made from, say the same as the entries. @returns what is wrong, in words */
export async function faultsOfTiles(
  tiles: Pick<TileStore, 'read'>,
  heads: Pick<SealedHeadsReader, 'root' | 'size' | 'allHeads'>,
): Promise<readonly string[]> {
  const logs = new AuditLogs(tiles);
  const faults: string[] = [];
  const check = async (what: string, root: string, range: () => Promise<CompactRange>): Promise<void> => {
    try {
      if ((await range()).root().toString('hex') !== root)
        faults.push(`the tiles of ${what} do not make its root`);
    } catch (error) {
      if (!(error instanceof InvariantBroken)) throw error;
      faults.push(`${what}: ${messageOf(error)}`);
    }
  };
  await check('the origin', heads.root, () => logs.originLog().rangeAt(heads.size));
  for (const [tag, [size, root]] of heads.allHeads())
    await check(`workspace ${tag}`, root, () => logs.logOf(tag).rangeAt(size));
  return faults;
}
