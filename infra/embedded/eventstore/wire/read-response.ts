import { ID_FIELD_SIZE, type LogRecord } from '../store/record.js';
import { encodePosition } from './append-response.js';
import { bytesField, emptyField, messageField, numberField, textField } from './fields.js';
import { structuredUuidField } from './uuid.js';

export const CAUGHT_UP = emptyField(8);
export const FELL_BEHIND = emptyField(9);

export function encodeConfirmation(subscriptionId: string): Buffer {
  return messageField(2, textField(1, subscriptionId));
}

export function encodeCheckpoint(position: number): Buffer {
  return messageField(3, encodePosition(position));
}

export function encodeStreamNotFound(stream: string): Buffer {
  return messageField(4, messageField(1, textField(3, stream)));
}

/** The answer for a link that was followed; its target may be gone. */
export function encodeResolvedLink(
  link: LogRecord,
  target: LogRecord | undefined,
  structuredIds: boolean,
): Buffer {
  const parts = [bytesField(2, recordedOf(link, structuredIds)), numberField(3, link.position)];
  if (target) parts.unshift(bytesField(1, recordedOf(target, structuredIds)));
  return messageField(1, ...parts);
}

export function encodeEventWithStructuredId(record: LogRecord): Buffer {
  return messageField(1, bytesField(1, recordedOf(record, true)), numberField(3, record.position));
}

export function recordedOf(record: LogRecord, structuredIds: boolean): Buffer {
  if (!structuredIds) return record.recorded;
  return Buffer.concat([structuredUuidField(1, record.id), record.recorded.subarray(ID_FIELD_SIZE)]);
}
