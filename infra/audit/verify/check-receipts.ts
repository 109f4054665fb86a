import type { EventLog, StoredEvent } from '../../../domain/kernel/ports/event-log.js';
import { contentHash } from '../../eventstore/chain.js';
import type { Receipt } from '../receipts/receipt.js';
import type { LeafResults } from './leaf-results.js';

/**
 * Each receipt's event must stand where it says, also before it is sealed. It is hashed anew: what hashes it bears was
 * in the same hands as its data.
 */
export async function checkReceipts(
  log: Pick<EventLog, 'read' | 'readAll'>,
  receipts: readonly Receipt[],
  results: LeafResults,
): Promise<void> {
  for (const { stream, revision, position, hash } of receipts) {
    const found = await standingAt(log, BigInt(position));
    const isIt = found?.stream === stream && found.revision === BigInt(revision);
    const event = isIt ? found : await eventAt(log, stream, BigInt(revision));
    const place = { stream, revision, position };
    if (!event) results.bad({ result: 'MISSING', ...place, reason: 'a receipt was given for it' });
    else if (contentHash(event) !== hash)
      results.bad({ result: 'TAMPERED', ...place, reason: 'it is not what a receipt was given for' });
  }
}

/** Read to its end: to break off a read of the stream costs a reset, and after a thousand the connection is closed. */
async function standingAt(
  log: Pick<EventLog, 'readAll'>,
  position: bigint,
): Promise<StoredEvent | undefined> {
  let found: StoredEvent | undefined;
  for await (const event of log.readAll(position, 1)) found = event;
  return found;
}

async function eventAt(
  log: Pick<EventLog, 'read'>,
  stream: string,
  revision: bigint,
): Promise<StoredEvent | undefined> {
  for await (const event of log.read(stream, revision))
    return event.revision === revision ? event : undefined;
  return undefined;
}
