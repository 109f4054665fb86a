/** What a check found, in words; both empty when all is well. */
export interface Findings {
  /** Acknowledged, and not there as it was acknowledged, or there twice. */
  readonly lost: string[];
  /** Half of a transaction, tables that contradict each other, or what nobody wrote. */
  readonly torn: string[];
}

export function noFindings(): Findings {
  return { lost: [], torn: [] };
}
