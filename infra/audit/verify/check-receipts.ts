import type { EventLog } from '../../../domain/kernel/ports/event-log.js';
import { contentHash } from '../../eventstore/chain.js';
import type { Receipt } from '../receipts/receipt.js';
import type { LeafResults } from './leaf-results.js';

/**
 * Each receipt's event must stand where it says, also before it is sealed. It is hashed anew: what hashes it bears was
 * in the same hands as its data.
 */
export async function checkReceipts(
  log: Pick<EventLog, 'readAt'>,
  receipts: readonly Receipt[],
  results: LeafResults,
): Promise<void> {
  for (const { stream, revision, position, hash } of receipts) {
    const event = await log.readAt(stream, BigInt(revision));
    const place = { stream, revision, position };
    if (!event) results.bad({ result: 'MISSING', ...place, reason: 'a receipt was given for it' });
    else if (contentHash(event) !== hash)
      results.bad({ result: 'TAMPERED', ...place, reason: 'it is not what a receipt was given for' });
  }
}
