import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Version } from './versions.js';

/** Where the things of one scene lie. */
export interface Places {
  readonly store: string;
  /** Tiles and published checkpoints. */
  readonly audit: string;
  readonly keys: string;
  /** Every checkpoint that was ever published. */
  readonly anchors: string;
  /** Of each sealer: marks of the points where it is to be struck. */
  readonly marks: Readonly<Record<Version, string>>;
}

export function placesIn(root: string): Places {
  const at = (name: string): string => join(root, name);
  return {
    store: at('store'),
    audit: at('audit'),
    keys: at('keys'),
    anchors: at('anchors'),
    marks: { older: at('marks-older'), newer: at('marks-newer') },
  };
}

export function makePlaces({ store, audit, keys, anchors, marks }: Places): void {
  for (const folder of [store, audit, keys, anchors, ...Object.values(marks)])
    mkdirSync(folder, { recursive: true });
}
