import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { SeededRandom } from '../../infra/embedded/crash/random.js';

let random = new SeededRandom(0);

/** Makes the randomness of the system that of the seed, for this whole program: nonces, and who tries for what first. */
export function seedCrypto(seed: number): void {
  random = new SeededRandom(seed);
  Object.assign(crypto, { randomInt, randomBytes, randomUUID });
  syncBuiltinESMExports();
}

/** `randomInt(max)` and `randomInt(min, max)`. */
function randomInt(first: number, second?: number): number {
  return second === undefined ? random.integer(0, first - 1) : random.integer(first, second - 1);
}

function randomBytes(size: number): Buffer {
  return Buffer.from(Array.from({ length: size }, () => random.integer(0, 255)));
}

function randomUUID(): string {
  const hex = randomBytes(16).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
}
