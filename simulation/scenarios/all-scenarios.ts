import { clockScenarios } from './clock-scenarios.js';
import { commandScenarios } from './command-scenarios.js';
import { projectionScenarios } from './projection-scenarios.js';
import { sagaScenarios } from './saga-scenarios.js';
import { sealerScenarios } from './sealer-scenarios.js';
import type { Scenario } from './scenario.js';

export const scenarios: readonly Scenario[] = [
  ...commandScenarios,
  ...projectionScenarios,
  ...sagaScenarios,
  ...clockScenarios,
  ...sealerScenarios,
];
