import { commandMutants } from './command-mutants.js';
import type { Mutant } from './mutant.js';
import { projectionMutants } from './projection-mutants.js';
import { sagaMutants } from './saga-mutants.js';
import { sealerMutants } from './sealer-mutants.js';
import { specifiedMutants } from './specified-mutants.js';

export const mutants: readonly Mutant[] = [
  ...commandMutants,
  ...projectionMutants,
  ...sagaMutants,
  ...sealerMutants,
  ...specifiedMutants,
];
