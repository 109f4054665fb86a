import { append } from './append.js';
import { type Writer } from './store/writer.js';
import { metadataEvent, metastreamOf } from './stream-metadata.js';

/** A server that was never used holds one event: how long the reports of its own clean-ups are kept. */
export async function writeFirstEvent(writer: Writer): Promise<void> {
  const stream = metastreamOf('$scavenges');
  const events = [metadataEvent(Buffer.from('{"$maxAge":2592000}'))];
  await writer.submit((transaction) => append(transaction, { stream, expected: { kind: 'any' }, events }));
}
