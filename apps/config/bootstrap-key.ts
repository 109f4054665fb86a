import { hash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keysDirectoryOf } from './data-directories.js';
import type { Configuration } from './configuration.js';

/**
 * Settles the hash of the key that owns every workspace: the environment's, the one made earlier, or a new one.
 *
 * @param show is given a new key's text, this once; only its hash is kept
 */
export function withBootstrapKey(configuration: Configuration, show: (key: string) => void): Configuration {
  if (configuration.bootstrapKeyHash !== undefined) return configuration;
  const path = join(keysDirectoryOf(configuration), 'bootstrap.sha256');
  if (existsSync(path)) return { ...configuration, bootstrapKeyHash: readFileSync(path, 'utf8').trim() };
  const key = `axb_${randomBytes(32).toString('base64url')}`;
  const bootstrapKeyHash = hash('sha256', key);
  // Shown before it is kept: a key that nobody saw would lock everybody out.
  show(key);
  mkdirSync(keysDirectoryOf(configuration), { recursive: true, mode: 0o700 });
  writeFileSync(path, `${bootstrapKeyHash}\n`, { mode: 0o600, flag: 'wx' });
  return { ...configuration, bootstrapKeyHash };
}
