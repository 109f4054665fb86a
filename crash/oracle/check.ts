import type { Stores } from '../../apps/cli/stores.js';
import { verifyStores } from '../../apps/cli/verify.js';
import type { Acknowledgements } from './acknowledgements.js';
import { Census } from './census.js';
import { checkCommands } from './command-check.js';
import { checkCheckpoints, checkReadModels } from './read-model-check.js';
import { checkRuns, type ExpectedRun } from './run-check.js';
import { checkSagas } from './saga-check.js';
import { checkSettlements } from './settlement-check.js';
import { Violations } from './violations.js';

/** What the clients know, whatever the platform says. */
export interface Witness {
  readonly acknowledgements: Acknowledgements;
  readonly expectedRuns: ReadonlyMap<string, ExpectedRun>;
}

/** Compares a platform at rest with what its clients were told, and with itself. */
export async function check(
  stores: Stores,
  { acknowledgements, expectedRuns }: Witness,
): Promise<Violations> {
  const violations = new Violations();
  const { violations: links } = await verifyStores(stores);
  for (const { stream, revision, fault } of links) violations.add('links', `${stream} ${revision}: ${fault}`);
  await checkCheckpoints(stores, violations);
  await checkReadModels(stores, violations);
  const census = await Census.take(stores.log);
  await checkCommands(census, acknowledgements, violations);
  checkRuns(census, expectedRuns, violations);
  checkSagas(census, violations);
  checkSettlements(census, violations);
  return violations;
}
