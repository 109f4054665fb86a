import { Rejected } from '../../../domain/kernel/errors.js';

/** A file that as a whole is not what its profile says. */
export function unreadable(
  what: string,
  problems: readonly { readonly field: string; readonly reason: string }[],
): Rejected {
  return new Rejected('reconciliation.unreadable-upload', `the file is not what its profile says: ${what}`, {
    problems: problems.map(({ field, reason }) => ({ field, reason })),
  });
}
