/** `<runId>.<ordinal within the run, 8 digits>`: sorts as the breaks of a run do. */
export function breakIdOf(runId: string, ordinal: number): string {
  return `${runId}.${String(ordinal).padStart(8, '0')}`;
}

/** Undefined for what `breakIdOf` did not make. */
export function partsOfBreakId(id: string): { readonly runId: string; readonly ordinal: number } | undefined {
  const [, runId, ordinal] = /^(.+)\.(\d{8,})$/.exec(id) ?? [];
  return runId === undefined ? undefined : { runId, ordinal: Number(ordinal) };
}
