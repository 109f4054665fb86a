import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InvariantBroken, InvalidRequest } from '../../../domain/kernel/errors.js';
import { isMissing } from '../../objects/durable-files.js';
import { obtainKeyFile, readKeyFile } from '../../keys/key-file.js';
import { signatureTypes, signerKey, type SignerKey } from '../notes/note-key.js';

/** Where the seeds are: told by the settings, or files of a directory. */
export type SeedSource =
  | { readonly kind: 'told'; readonly seeds: readonly Uint8Array[] }
  | { readonly kind: 'files'; readonly directory: string };

const mostKeys = 10_000;

/** `signing.key`, and after rotations `signing.2.key`, `signing.3.key` and so on. */
function fileOf(directory: string, number: number): string {
  return join(directory, number === 1 ? 'signing.key' : `signing.${number}.key`);
}

/** Seeds of 32 bytes each, oldest first; none when there is no file yet. */
export async function readSeeds(source: SeedSource): Promise<readonly Uint8Array[]> {
  if (source.kind === 'told') return source.seeds;
  const seeds: Uint8Array[] = [];
  for (let number = 1; number <= mostKeys; number++) {
    const seed = await readKeyFile(fileOf(source.directory, number));
    if (!seed) break;
    seeds.push(seed);
  }
  return seeds;
}

/** Makes the first key, 0600; nothing where there is one. @returns whether there was none */
export async function makeFirstSeed(directory: string): Promise<boolean> {
  if (await readKeyFile(fileOf(directory, 1))) return false;
  await obtainKeyFile(fileOf(directory, 1));
  return true;
}

/** Makes the next key: from the next seal on it signs, named by the one before. */
export async function makeNextSeed(directory: string): Promise<void> {
  const { length } = await readSeeds({ kind: 'files', directory });
  if (length === 0) throw new InvalidRequest('audit.no-key', 'there is no key yet that could name another');
  await obtainKeyFile(fileOf(directory, length + 1));
}

/** So long the newest is taken as it was: every command is answered with a signature. */
const trustedMs = 250;

/** The keys of one log. A key that is added to the files while a process runs counts at once. */
export class SigningKeys {
  private known: { readonly changedMs: number; readonly keys: readonly SignerKey[] } | undefined;
  private looked: { readonly at: number; readonly keys: Promise<readonly SignerKey[]> } | undefined;

  /** @param name of the log */
  constructor(
    private readonly name: string,
    private readonly source: SeedSource,
  ) {}

  /** Oldest first; none where there is no key yet. */
  async all(): Promise<readonly SignerKey[]> {
    const changedMs = await this.changedMs();
    if (this.known?.changedMs === changedMs && this.known.keys.length > 0) return this.known.keys;
    const seeds = await readSeeds(this.source);
    const keys = seeds.map((seed) => signerKey(this.name, signatureTypes.ed25519, seed));
    this.known = { changedMs, keys };
    return keys;
  }

  /**
   * The one that signs today, or did a quarter of a second ago: both are trusted.
   *
   * @throws InvariantBroken `audit.no-key`
   */
  async newest(): Promise<SignerKey> {
    const at = performance.now();
    if (!this.looked || at - this.looked.at >= trustedMs) this.looked = { at, keys: this.all() };
    const { looked } = this;
    const key = (await looked.keys.catch(() => [])).at(-1);
    if (key) return key;
    // What is missing, or cannot be read, is looked for each time.
    if (this.looked === looked) this.looked = undefined;
    const again = (await this.all()).at(-1);
    if (!again) throw new InvariantBroken('audit.no-key', `there is no key for ${this.name}`);
    return again;
  }

  private async changedMs(): Promise<number> {
    if (this.source.kind === 'told') return 0;
    try {
      return (await stat(this.source.directory)).mtimeMs;
    } catch (error) {
      if (isMissing(error)) return 0;
      throw error;
    }
  }
}
