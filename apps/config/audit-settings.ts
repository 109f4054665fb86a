import { readFileSync } from 'node:fs';
import { decodeVerifierKey, signatureTypes } from '../../infra/audit/notes/note-key.js';
import { messageOf } from '../../domain/kernel/errors.js';

export interface WitnessSettings {
  /** `name+id+base64`, of a cosigner. */
  readonly key: string;
  /** Where its `add-checkpoint` is. */
  readonly url: string;
}

export interface AuditSettings {
  /** Ed25519 seeds, base64, oldest first; undefined: the files of the data directory. */
  readonly signingKeys: readonly string[] | undefined;
  readonly witnesses: readonly WitnessSettings[];
  /** Where every checkpoint is kept as a file of its own; undefined: nowhere. */
  readonly anchorDirectory: string | undefined;
}

const seedBytes = 32;

/**
 * @param problems is told what cannot be used; never a key
 */
export function readAuditSettings(
  environment: Readonly<Record<string, string | undefined>>,
  problems: string[],
): AuditSettings {
  const text = (name: string): string | undefined => environment[name] || undefined;
  const signingKeys = text('AXION_SIGNING_KEY')
    ?.split(',')
    .map((seed) => seed.trim());
  if (signingKeys && !signingKeys.every(isSeed))
    problems.push(
      `AXION_SIGNING_KEY must be ${seedBytes} bytes in base64; after a rotation several, oldest first, separated by commas`,
    );
  return {
    signingKeys,
    witnesses: readWitnesses(text('AXION_WITNESSES'), problems),
    anchorDirectory: text('AXION_ANCHOR_DIRECTORY'),
  };
}

function isSeed(text: string): boolean {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === seedBytes && bytes.toString('base64') === text;
}

/** The witnesses themselves, or a file with one in each line; a line that begins with # is a remark. */
function readWitnesses(told: string | undefined, problems: string[]): readonly WitnessSettings[] {
  if (told === undefined) return [];
  try {
    const lines = told.includes('@') ? told.split(',') : readFileSync(told, 'utf8').split('\n');
    const witnesses = lines
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map(witnessOf);
    if (new Set(witnesses.map(({ key }) => key)).size < witnesses.length)
      throw new RangeError('one of them is named twice');
    return witnesses;
  } catch (error) {
    problems.push(
      `AXION_WITNESSES must be <verifier key>@<url>, separated by commas, or a file of such lines: ${messageOf(error)}`,
    );
    return [];
  }
}

function witnessOf(text: string): WitnessSettings {
  const [, key = '', url = ''] = /^(\S+)@(https?:\/\/\S+)$/.exec(text) ?? [];
  if (decodeVerifierKey(key).type !== signatureTypes.cosignature)
    throw new RangeError('a witness has a key of a cosigner');
  return { key, url };
}
