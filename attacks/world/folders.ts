import { cpSync } from 'node:fs';
import { join } from 'node:path';

/** One world on the disk: what stands in the house an attacker reaches, and what is in other hands. */
export interface World {
  readonly root: string;
  /** The embedded node's files. */
  readonly store: string;
  /** Tiles and published checkpoints. */
  readonly audit: string;
  /** Seeds of the log's signing keys. */
  readonly keys: string;
  /** `store` and `audit` as they were after the first seal. */
  readonly backup: string;
  /** What the witness remembers. */
  readonly witness: string;
  /** Receipts of one client, an auditor's checkpoint, the receiver's policy and export. */
  readonly elsewhere: string;
}

export function worldAt(root: string): World {
  const at = (name: string): string => join(root, name);
  return {
    root,
    store: at('house/store'),
    audit: at('house/audit'),
    keys: at('house/keys'),
    backup: at('house/backup'),
    witness: at('witness'),
    elsewhere: at('elsewhere'),
  };
}

export function copyWorld(world: World, root: string): World {
  cpSync(world.root, root, { recursive: true });
  return worldAt(root);
}
