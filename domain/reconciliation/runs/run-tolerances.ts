import { Rejected } from '../../kernel/errors.js';
import type { RequestRun } from './commands.js';
import type { RunTerms } from './events.js';
import { readTolerances } from '../matching/tolerances.js';

/**
 * By what a run is judged: the values of its tolerance set, under the set's name and version, or those that came with
 * the request.
 *
 * @throws Rejected `reconciliation.two-tolerances`, `reconciliation.bad-tolerances`
 */
export function tolerancesOf({
  tolerances,
  toleranceSet,
  chosenTolerances,
}: RequestRun): Pick<RunTerms, 'tolerances' | 'overrides' | 'toleranceSet'> {
  if (tolerances && toleranceSet !== undefined)
    throw new Rejected(
      'reconciliation.two-tolerances',
      'a run is judged by a tolerance set or by tolerances of its own, not by both',
    );
  if (chosenTolerances) {
    const { name, version, overrides } = chosenTolerances;
    return {
      tolerances: chosenTolerances.tolerances,
      toleranceSet: { name, version },
      ...(overrides.length > 0 && { overrides }),
    };
  }
  const own = { ...tolerances };
  const read = readTolerances(own);
  if ('problems' in read)
    throw new Rejected('reconciliation.bad-tolerances', 'these tolerances cannot be judged by', {
      problems: read.problems.map(({ field, reason }) => ({ field, reason })),
    });
  return { tolerances: own };
}
