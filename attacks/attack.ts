import type { DetectorName, Place } from './detectors/finding.js';
import type { World } from './world/folders.js';

/** By the names of the specification (audit-chain, attacks that must be found). */
export const attackNames = [
  'edit-in-place',
  'edit-and-relink',
  'delete-mid-stream',
  'cut-head',
  'cut-tail',
  'delete-stream',
  'reorder',
  'backdated-insert',
  'cross-workspace-move',
  'old-backup',
  'edit-before-seal',
  'edit-and-relink-before-seal',
  'cut-unsealed-tail',
  'stolen-key-resign',
  'stolen-key-fork',
  'sealer-omission',
] as const;
export type AttackName = (typeof attackNames)[number];

export interface Attack {
  readonly name: AttackName;
  /** Each of them must find it; others may. */
  readonly mustFind: readonly DetectorName[];
  /** It gets past them: otherwise it is not as strong as it is meant to be. */
  readonly deceives: readonly DetectorName[];
  /**
   * Makes it on a world whose node does not run.
   *
   * @returns the first place that was attacked, which one of `mustFind` must name; undefined when there is none
   */
  make(world: World): Promise<Place | undefined>;
  /** The same done to an export on its way to the receiver. */
  readonly editExport?: (directory: string) => void;
}
