import { canonicalJson } from '../../eventstore/canonical-json.js';
import { decodeVerifierKey, encodeVerifierKey, type SignerKey, type VerifierKey } from '../notes/note-key.js';
import type { ConfigurationEntry } from './audit-entry.js';

/**
 * The leaf that says how the log is made from here on.
 *
 * @param before whose signature counted until now; undefined for the first leaf of the log
 */
export function configure(
  filter: string,
  key: VerifierKey,
  before: SignerKey | undefined,
): ConfigurationEntry {
  const unsigned = { k: 'cfg', filter, key: encodeVerifierKey(key) } as const;
  const signature = before?.sign(messageOf(unsigned)).toString('base64') ?? '';
  return { ...unsigned, signature };
}

/**
 * The keys that count after some configurations: from the pinned ones on, each names the next. What none of them
 * signed names nobody.
 *
 * @param configurations in the order of their leaves
 */
export function trustedKeys(
  pinned: readonly VerifierKey[],
  configurations: readonly ConfigurationEntry[],
): readonly VerifierKey[] {
  const trusted = new Map(pinned.map((key) => [encodeVerifierKey(key), key]));
  for (const entry of configurations) {
    if (trusted.has(entry.key)) continue;
    const signature = Buffer.from(entry.signature, 'base64');
    const message = messageOf(entry);
    if ([...trusted.values()].some((key) => key.verifies(message, signature)))
      trusted.set(entry.key, decodeVerifierKey(entry.key));
  }
  return [...trusted.values()];
}

/** The entry without its signature, in its canonical form. */
function messageOf({ k, filter, key }: Omit<ConfigurationEntry, 'signature'>): Buffer {
  return Buffer.from(canonicalJson({ k, filter, key }));
}
