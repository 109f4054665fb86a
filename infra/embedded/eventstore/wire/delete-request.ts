import { type DeleteCommand } from '../delete.js';
import { readAppendOptions } from './append-request.js';
import { FieldReader } from './field-reader.js';

/** Reads event_store.client.streams.DeleteReq and TombstoneReq, which look the same. */
export function decodeDeleteRequest(bytes: Buffer): DeleteCommand {
  const reader = new FieldReader(bytes);
  let command: DeleteCommand = { stream: '', expected: { kind: 'any' } };
  while (reader.next()) {
    if (reader.field === 1) command = readAppendOptions(reader.message());
    else reader.skip();
  }
  return command;
}
