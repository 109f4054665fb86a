import type { Command } from 'commander';
import type { Configuration } from '../config/configuration.js';
import { parked, readModels, rebuild, retire, rollback, unparkAll } from './read-models.js';

interface JsonOption {
  readonly json?: boolean;
}

const forMachines = 'one line of JSON for machines';

/** The commands that look after read models. */
export function addReadModelCommands(
  program: Command,
  configured: () => Configuration,
  end: (code: number) => void,
): void {
  program
    .command('read-models')
    .description('every build of every read model, and which one serves')
    .option('--json', forMachines)
    .action(async ({ json = false }: JsonOption) => end(await readModels(configured(), { json })));
  program
    .command('parked')
    .description(
      'events that could not be applied, and what waits behind them; ends with 1 when there are any',
    )
    .argument('[read-model]')
    .option('--json', forMachines)
    .action(async (name: string | undefined, { json = false }: JsonOption) =>
      end(await parked(configured(), name, { json })),
    );
  program
    .command('unpark')
    .description('apply what is parked, with the code there is now; of all read models when none is named')
    .argument('[read-model...]')
    .option('--json', forMachines)
    .action(async (names: string[], { json = false }: JsonOption) =>
      end(await unparkAll(configured(), names, { json })),
    );
  program
    .command('rebuild')
    .description('fill a new build from the log beside the one that serves, and switch to it')
    .argument('<read-model...>')
    .option('--json', forMachines)
    .action(async (names: string[], { json = false }: JsonOption) =>
      end(await rebuild(configured(), names, { json })),
    );
  program
    .command('rollback')
    .description('let a build serve again that is still fed: the one before, or the one named (v1, v1.2)')
    .argument('<read-model>')
    .argument('[build]')
    .option('--json', forMachines)
    .action(async (name: string, build: string | undefined, { json = false }: JsonOption) =>
      end(await rollback(configured(), name, build, { json })),
    );
  program
    .command('retire')
    .description('remove a build that does not serve, for good')
    .argument('<read-model>')
    .argument('<build>', 'as read-models shows it: v1, v1.2')
    .option('--json', forMachines)
    .action(async (name: string, build: string, { json = false }: JsonOption) =>
      end(await retire(configured(), name, build, { json })),
    );
}
