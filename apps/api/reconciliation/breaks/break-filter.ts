import type { BreakFilter } from '../../../../domain/reconciliation/breaks/commands.js';

/** The fields of the read model's documents that a filter names. */
export function fieldsOfFilter({ run, ...filter }: BreakFilter): Readonly<Record<string, string>> {
  const named = { ...filter, runId: run };
  return Object.fromEntries(
    Object.entries(named).flatMap(([field, value]) => (value === undefined ? [] : [[field, value] as const])),
  );
}
