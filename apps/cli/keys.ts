import { existsSync } from 'node:fs';
import { makeFirstSeed, makeNextSeed } from '../../infra/audit/keys/signing-keys.js';
import {
  encodeVerifierKey,
  signatureTypes,
  signerKey,
  type SignerKey,
} from '../../infra/audit/notes/note-key.js';
import { readOrigin } from '../../infra/eventstore/origin.js';
import { obtainKeyFile } from '../../infra/keys/key-file.js';
import { AxionError } from '../../domain/kernel/errors.js';
import { signingKeysOf } from '../config/audit.js';
import type { Configuration } from '../config/configuration.js';
import { keysDirectoryOf } from '../config/data-directories.js';
import { Misuse, exitCodes } from './exit-codes.js';
import { withStores } from './stores.js';
import { print } from './terminal.js';

/** The first key of this data directory. @throws Misuse when there is one */
export async function newSigningKey(configuration: Configuration): Promise<number> {
  refuseTold(configuration);
  if (!(await makeFirstSeed(keysDirectoryOf(configuration))))
    throw new Misuse('there is a signing key already: axion key rotate makes the next one');
  print('The signing key was made.');
  return exitCodes.holds;
}

/** A key for a witness, in a file of its own. @throws Misuse when the file is there */
export async function newWitnessKey(file: string, name: string): Promise<number> {
  if (existsSync(file)) throw new Misuse(`${file} is there already`);
  await obtainKeyFile(file);
  print(encodeVerifierKey((await witnessKey(file, name)).verifier));
  return exitCodes.holds;
}

/** The next key: whatever seals from now on names it by the one before, and signs with it. */
export async function rotateKey(configuration: Configuration): Promise<number> {
  refuseTold(configuration);
  try {
    await makeNextSeed(keysDirectoryOf(configuration));
  } catch (error) {
    if (error instanceof AxionError) throw new Misuse(error.message);
    throw error;
  }
  print('The next signing key was made. The next seal names it; nothing needs to be started again.');
  return exitCodes.holds;
}

/** Verifier keys, oldest first: for policies and witnesses. */
export async function showKeys(
  configuration: Configuration,
  { json }: { readonly json: boolean },
): Promise<number> {
  const origin = await withStores(configuration, ({ log }) => readOrigin(log));
  if (origin === undefined) throw new Misuse('the log has no origin yet: start Axion once');
  const keys = (await signingKeysOf(configuration, origin).all()).map(({ verifier }) =>
    encodeVerifierKey(verifier),
  );
  print(json ? JSON.stringify({ origin, keys }) : keys.join('\n'));
  return exitCodes.holds;
}

/** @throws Misuse for a file or a name that no key can have */
export async function witnessKey(file: string, name: string): Promise<SignerKey> {
  try {
    return signerKey(name, signatureTypes.cosignature, await obtainKeyFile(file));
  } catch (error) {
    if (error instanceof AxionError) throw new Misuse(`${file}: ${error.message}`);
    throw error;
  }
}

function refuseTold({ audit }: Configuration): void {
  if (audit.signingKeys)
    throw new Misuse('the keys are set by AXION_SIGNING_KEY: add the next one there, behind a comma');
}
