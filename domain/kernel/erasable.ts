/**
 * Values that a person may have erased. They are encrypted under their subject's key before they are hashed and
 * stored; destroying that key erases them everywhere at once, and the hashes still hold.
 */

/** The stored form: `1.<id of the key, hex>.<subject>.<nonce>.<ciphertext and tag>`, those three base64url. */
export interface Sealed {
  readonly $sealed: string;
}

/** What is left of a value once its subject's key is gone. Every fold must bear it. */
export interface Erased {
  readonly $erased: true;
}

export const erased: Erased = { $erased: true };

/**
 * A field that its event definition names as erasable. A decider writes `T` and reads `T | Erased`; a projection
 * carries it as `Sealed`, so that read models hold no copy that erasure would have to hunt down.
 */
export type Erasable<T> = T | Sealed | Erased;

export function isSealed(value: unknown): value is Sealed {
  return (
    typeof value === 'object' && value !== null && '$sealed' in value && typeof value.$sealed === 'string'
  );
}

export function isErased(value: unknown): value is Erased {
  return typeof value === 'object' && value !== null && '$erased' in value;
}
