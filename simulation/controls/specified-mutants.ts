import type { SpecifiedMutant } from './mutant.js';

/** What the simulation does not run, in the sources: the client's subscription, and what only the sources show. */
export const specifiedMutants: readonly SpecifiedMutant[] = [
  {
    rule: 'P8',
    without: 'the count of what was delivered before a marker',
    file: 'infra/eventstore/log-subscription.ts',
    text: 'behind: received + subscription.readableLength',
    replacement: 'behind: 0',
    spec: 'infra/engine/projections/markers.spec.ts',
  },
  {
    rule: 'C8',
    without: 'the distance of commands from read models',
    file: 'infra/engine/commands/command-round.ts',
    text: "import { pause } from '../../system/pause.js';",
    replacement:
      "import { pause } from '../../system/pause.js';\nimport type { ReadModel } from '../projections/read-model.js';",
    spec: 'infra/engine/commands/command-execution.spec.ts',
  },
];
