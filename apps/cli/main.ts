#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { BadConfiguration, readConfiguration, type Configuration } from '../config/configuration.js';
import { DirectoryInUse } from '../../infra/system/directory-lock.js';
import { addAuditCommands } from './audit-commands.js';
import { Misuse, exitCodes } from './exit-codes.js';
import { lag } from './lag.js';
import { addReadModelCommands } from './read-model-commands.js';
import { replay } from './replay.js';
import { sagas } from './sagas.js';

interface JsonOption {
  readonly json?: boolean;
}

/** Ends with 0 (holds), 1 (violated) or 2 (misuse). */
async function main(): Promise<number> {
  process.umask(0o077);
  let code: number = exitCodes.holds;
  const configured = (
    data: string | undefined,
    settings: Readonly<Record<string, string>> = {},
  ): Configuration =>
    readConfiguration({ ...process.env, ...(data !== undefined && { AXION_DATA: data }), ...settings });
  const program = new Command('axion')
    .description('Looks after an Axion: works while it runs and while it does not.')
    .option('--data <directory>', 'the data directory (AXION_DATA; ./data)')
    .showHelpAfterError()
    .exitOverride();
  const data = (): string | undefined => program.opts<{ data?: string }>().data;

  addAuditCommands(
    program,
    () => configured(data()),
    (ended) => (code = ended),
  );
  program
    .command('replay')
    .description(
      'rebuild read models in memory and compare them with what is stored; all of them when none is named',
    )
    .argument('[read-model...]')
    .option('--check', 'compare, and change nothing (for now the only way, so it must be said)')
    .option('--json', 'one line of JSON for machines')
    .action(
      async (names: string[], { check = false, json = false }: JsonOption & { readonly check?: boolean }) => {
        code = await replay(configured(data()), names, { check, json });
      },
    );
  program
    .command('lag')
    .description('how far each read model is behind the log')
    .option('--json', 'one line of JSON for machines')
    .action(async ({ json = false }: JsonOption) => {
      code = await lag(configured(data()), { json });
    });
  addReadModelCommands(
    program,
    () => configured(data()),
    (ended) => (code = ended),
  );
  program
    .command('run')
    .description(
      'run parts of the platform in a process of their own, over the stores of one that runs already',
    )
    .option('--roles <roles>', 'any of api, projector, worker (AXION_ROLES; projector,worker)')
    .action(async ({ roles }: { readonly roles?: string }) => {
      // With this part come the API and all that it is made of: the other commands start faster without.
      const { run } = await import('./run.js');
      const asked = roles ?? (process.env['AXION_ROLES'] || 'projector,worker');
      code = await run(configured(data(), { AXION_ROLES: asked }));
    });
  program
    .command('sagas')
    .description('the sagas that are under way, and what each waits for; ends with 1 when one is parked')
    .option('--json', 'one line of JSON for machines')
    .action(async ({ json = false }: JsonOption) => {
      code = await sagas(configured(data()), { json });
    });
  program
    .command('demo')
    .description('reconcile the sample in a temporary directory, and check everything there is to check')
    .option('--json', 'one line of JSON for machines')
    .action(async ({ json = false }: JsonOption) => {
      const { demo } = await import('./demo.js');
      code = await demo({ json });
    });

  try {
    await program.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.holds : exitCodes.misuse;
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return error instanceof Misuse || error instanceof BadConfiguration || error instanceof DirectoryInUse
      ? exitCodes.misuse
      : exitCodes.violated;
  }
  return code;
}

process.exitCode = await main();
