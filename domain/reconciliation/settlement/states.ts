/**
 * `late`: opened after its cut-off, and nobody has affirmed anything yet. `failed`: a part of it was not affirmed by
 * the cut-off, though another may have settled.
 */
export const settlementStates = [
  'pending',
  'instructed',
  'affirmed',
  'late',
  'partiallySettled',
  'settled',
  'failed',
] as const;

export type SettlementState = (typeof settlementStates)[number];
