import { createCipheriv, createDecipheriv, hash, randomBytes } from 'node:crypto';
import { erased } from '../../domain/kernel/erasable.js';
import { InvariantBroken } from '../../domain/kernel/errors.js';
import type { JsonObject, JsonValue } from '../../domain/kernel/json.js';
import type { SubjectKeys } from '../../domain/kernel/ports/subject-keys.js';

/** AES-256-GCM (NIST SP 800-38D), 96-bit random nonce; the subject is authenticated with the value. */
const algorithm = 'aes-256-gcm';
const format = '1';

/** Seals erasable values under their subject's key; the stored form is that of `Sealed`. */
export class SubjectSealer {
  constructor(private readonly keys: SubjectKeys) {}

  async seal(subject: string, value: JsonValue): Promise<JsonObject> {
    const key = await this.keys.obtain(subject);
    const nonce = randomBytes(12);
    const cipher = createCipheriv(algorithm, key, nonce).setAAD(Buffer.from(subject));
    const ciphertext = Buffer.concat([
      cipher.update(JSON.stringify(value), 'utf8'),
      cipher.final(),
      cipher.getAuthTag(),
    ]);
    const parts = [Buffer.from(subject), nonce, ciphertext].map((bytes) => bytes.toString('base64url'));
    return { $sealed: [format, keyIdOf(key), ...parts].join('.') };
  }

  /** @throws InvariantBroken `keys.not-sealed` when the text was not made by `seal`, or was changed */
  async open(sealed: string): Promise<JsonValue> {
    const [version, keyId, ...parts] = sealed.split('.');
    const [subject, nonce, ciphertext] = parts.map((part) => Buffer.from(part, 'base64url'));
    if (version !== format || !subject || !nonce || !ciphertext)
      throw new InvariantBroken('keys.not-sealed', 'a sealed value is not of the form that is known');
    const key = await this.keys.find(subject.toString('utf8'));
    if (!key || keyIdOf(key) !== keyId) return { ...erased };
    try {
      const decipher = createDecipheriv(algorithm, key, nonce)
        .setAAD(subject)
        .setAuthTag(ciphertext.subarray(-16));
      const text = Buffer.concat([decipher.update(ciphertext.subarray(0, -16)), decipher.final()]).toString(
        'utf8',
      );
      const value: unknown = JSON.parse(text);
      return value as JsonValue;
    } catch {
      throw new InvariantBroken('keys.not-sealed', 'a sealed value does not open under its key');
    }
  }
}

/** A subject whose key was destroyed may get another one; what was sealed under the first is erased all the same. */
function keyIdOf(key: Uint8Array): string {
  return hash('sha256', Buffer.concat([Buffer.from('axion/key/1\n'), key])).slice(0, 16);
}
