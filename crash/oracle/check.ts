import type { Stores } from '../../apps/cli/stores.js';
import { verifyStores } from '../../apps/cli/verify.js';
import type { ObjectStore } from '../../domain/kernel/ports/object-store.js';
import type { Acknowledgements } from './acknowledgements.js';
import { checkBreaks } from './break-check.js';
import { checkBulks } from './bulk-check.js';
import { Census } from './census.js';
import { checkCommands } from './command-check.js';
import { checkHandMatches } from './hand-match-check.js';
import { checkJobs } from './job-check.js';
import { checkCheckpoints, checkReadModels } from './read-model-check.js';
import { checkReports } from './report-check.js';
import { checkRules } from './rule-check.js';
import { checkRuns, type ExpectedRun } from './run-check.js';
import { checkSagas } from './saga-check.js';
import { checkSettlements } from './settlement-check.js';
import { unfinished } from './unfinished.js';
import { Violations } from './violations.js';

/** What the clients know, whatever the platform says. */
export interface Witness {
  readonly acknowledgements: Acknowledgements;
  readonly expectedRuns: ReadonlyMap<string, ExpectedRun>;
  /** Of the same data directory. */
  readonly objects: Pick<ObjectStore, 'get'>;
}

/** Compares a platform at rest with what its clients were told, and with itself. */
export async function check(
  stores: Stores,
  { acknowledgements, expectedRuns, objects }: Witness,
): Promise<Violations> {
  const violations = new Violations();
  const { violations: links } = await verifyStores(stores);
  for (const { stream, revision, fault } of links) violations.add('links', `${stream} ${revision}: ${fault}`);
  await checkCheckpoints(stores, violations);
  await checkReadModels(stores, violations);
  const census = await Census.take(stores.log);
  await checkCommands(census, acknowledgements, violations);
  checkJobs(census, violations);
  checkRuns(census, expectedRuns, violations);
  checkBreaks(census, violations);
  await checkBulks(census, stores, violations);
  checkRules(census, violations);
  checkHandMatches(census, violations);
  await checkReports(census, objects, violations);
  checkSagas(census, violations);
  checkSettlements(census, violations);
  for (const words of unfinished(census)) violations.add('saga', words);
  return violations;
}
