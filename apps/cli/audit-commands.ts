import { InvalidArgumentError, type Command } from 'commander';
import type { Configuration } from '../config/configuration.js';
import { exportTrail } from './export.js';
import { newSigningKey, newWitnessKey, rotateKey, showKeys } from './keys.js';
import { Misuse } from './exit-codes.js';
import { prove } from './prove.js';
import { verify } from './verify.js';
import { witness } from './witness.js';

const forMachines = 'one line of JSON for machines';
const collect = (one: string, all: readonly string[]): readonly string[] => [...all, one];

interface Flags {
  readonly json?: boolean;
  readonly full?: boolean;
  readonly jobs: number;
  readonly newest?: boolean;
  readonly policy?: string;
  readonly state?: string;
  readonly checkpoint: readonly string[];
  readonly receipt: readonly string[];
  readonly workspace: string;
  readonly out?: string;
  readonly from?: string;
  readonly to?: string;
  readonly name?: string;
}

/** The commands of the audit log. */
export function addAuditCommands(
  program: Command,
  configured: () => Configuration,
  end: (code: number) => void,
): void {
  program
    .command('verify')
    .description(
      'check every link and id, and every event against what was sealed of it, from where the last run ended',
    )
    .option('--full', 'from the beginning')
    .option('--jobs <number>', 'threads that verify, 1 to 64', jobsOf, 1)
    .option('--policy <file>', 'whose signatures count (docs/audit-chain.md); the keys of the data directory')
    .option('--checkpoint <file>', 'a checkpoint that the log must begin with; may be repeated', collect, [])
    .option('--receipt <file>', 'a receipt whose event must be there; may be repeated', collect, [])
    .option('--state <file>', 'what was verified so far (audit/verified.json in the data directory)')
    .option('--json', forMachines)
    .action(async ({ json = false, full = false, jobs, policy, state, checkpoint, receipt }: Flags) =>
      end(
        await verify(configured(), {
          json,
          full,
          jobs,
          checkpoints: checkpoint,
          receipts: receipt,
          ...(policy !== undefined && { policy }),
          ...(state !== undefined && { state }),
        }),
      ),
    );
  program
    .command('export')
    .description('write the trail of a workspace into a folder that proves itself')
    .requiredOption('--workspace <id>')
    .requiredOption('--out <directory>')
    .option('--from <position or time>', 'from there on, inclusive')
    .option('--to <position or time>', 'up to the last seal there')
    .option('--newest', 'also what no witness cosigned yet')
    .option('--json', forMachines)
    .action(async ({ workspace, out = '', from, to, newest = false, json = false }: Flags) =>
      end(
        await exportTrail(configured(), {
          workspace,
          out,
          newest,
          json,
          ...(from !== undefined && { from }),
          ...(to !== undefined && { to }),
        }),
      ),
    );
  program
    .command('prove')
    .description('print the proof that an event is sealed')
    .argument('<event>', 'its id, or <stream>@<revision>')
    .option('--out <file>')
    .action(async (which: string, { out }: Flags) =>
      end(await prove(configured(), which, out === undefined ? {} : { out })),
    );
  addKeyCommands(program, configured, end);
  program
    .command('witness')
    .description('cosign logs that only grow; needs no Axion beside it')
    .requiredOption('--key <file>', 'its key; made when it is not there')
    .option('--name <name>', 'as its cosignatures say', 'axion-witness')
    .requiredOption('--log <verifier key>', 'a log that it cosigns; may be repeated', collect, [])
    .requiredOption('--state <directory>', 'what it saw last of each')
    .option('--port <number>', 'of its own', portOf, 0)
    .option('--host <address>', '', '127.0.0.1')
    .action(async (options: Parameters<typeof witness>[0]) => end(await witness(options)));
}

function addKeyCommands(
  program: Command,
  configured: () => Configuration,
  end: (code: number) => void,
): void {
  const key = program.command('key').description('the keys that the audit log is signed with');
  key
    .command('new')
    .description('make the first signing key; with --out and --name the key of a witness')
    .option('--out <file>')
    .option('--name <name>')
    .action(async ({ out, name }: Flags) => {
      if ((out === undefined) !== (name === undefined))
        throw new Misuse('the key of a witness needs both --out and --name');
      end(await (out === undefined ? newSigningKey(configured()) : newWitnessKey(out, name ?? '')));
    });
  key
    .command('rotate')
    .description('make the next signing key, which the next seal names')
    .action(async () => end(await rotateKey(configured())));
  key
    .command('show')
    .description('the verifier keys of the log, oldest first')
    .option('--json', forMachines)
    .action(async ({ json = false }: Flags) => end(await showKeys(configured(), { json })));
}

function jobsOf(text: string): number {
  const jobs = Number(text);
  if (Number.isInteger(jobs) && jobs >= 1 && jobs <= 64) return jobs;
  throw new InvalidArgumentError('the number of threads is a whole number from 1 to 64');
}

function portOf(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new InvalidArgumentError('a port is a whole number from 0 to 65535');
}
