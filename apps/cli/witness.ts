import { once } from 'node:events';
import { AxionError } from '../../domain/kernel/errors.js';
import {
  decodeVerifierKey,
  encodeVerifierKey,
  type SignerKey,
  type VerifierKey,
} from '../../infra/audit/notes/note-key.js';
import { FileWitnessState } from '../../infra/audit/witness/file-witness-state.js';
import { serveWitness } from '../../infra/audit/witness/witness-server.js';
import { Witness } from '../../infra/audit/witness/witness.js';
import { lockDirectory } from '../../infra/system/directory-lock.js';
import { Misuse, exitCodes } from './exit-codes.js';
import { witnessKey } from './keys.js';
import { print } from './terminal.js';

export interface WitnessOptions {
  /** Made at the first start. */
  readonly key: string;
  readonly name: string;
  /** Verifier keys of the logs that it cosigns. */
  readonly log: readonly string[];
  readonly state: string;
  readonly port: number;
  readonly host: string;
}

/** One that was told to end answers what it was asked, and then lets its state go. */
const endsWithinMs = 2000;

/**
 * Cosigns what only grows, until SIGTERM or SIGINT. Needs no Axion beside it.
 *
 * @throws DirectoryInUse when another witness has the same state
 */
export async function witness({ key, name, log, state, port, host }: WitnessOptions): Promise<number> {
  // Two of one state would each cosign what the other does not know of.
  const lock = await lockDirectory(state, endsWithinMs);
  try {
    return await serve(await witnessKey(key, name), { log, state, port, host });
  } finally {
    lock.release();
  }
}

async function serve(
  signer: SignerKey,
  { log, state, port, host }: Pick<WitnessOptions, 'log' | 'state' | 'port' | 'host'>,
): Promise<number> {
  const logs = new Map(log.map(logKey).map((one) => [one.name, one]));
  const server = await serveWitness(
    new Witness({
      key: signer,
      logs,
      state: new FileWitnessState(state),
      now: () => Math.floor(Date.now() / 1000),
    }),
    port,
    host,
  );
  print(`The witness listens on ${server.url} (process ${process.pid})`);
  print(encodeVerifierKey(signer.verifier));
  await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  await server.close();
  return exitCodes.holds;
}

function logKey(text: string): VerifierKey {
  try {
    return decodeVerifierKey(text);
  } catch (error) {
    if (error instanceof AxionError) throw new Misuse(`${text}: ${error.message}`);
    throw error;
  }
}
