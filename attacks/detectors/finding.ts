/**
 * Who looks: the inline links (`verifyLinks`), the sealed leaves (`verifyAudit`), somebody's earlier checkpoint (the
 * same, with it held against the log), a client's receipts, the witness, the receiver of an export (`verify.mjs`), and
 * the sealer itself when it starts.
 */
export const detectorNames = [
  'links',
  'log',
  'checkpoint',
  'receipts',
  'witness',
  'export',
  'sealer',
] as const;
export type DetectorName = (typeof detectorNames)[number];

/** Where something was done. */
export interface Place {
  readonly stream: string;
  readonly revision: string;
  readonly position: string;
}

export interface Finding {
  readonly by: DetectorName;
  readonly says: string;
  readonly place: Place | undefined;
}

export function isAt(place: Place): (finding: Finding) => boolean {
  return ({ place: named }) =>
    named?.stream === place.stream && named.revision === place.revision && named.position === place.position;
}
