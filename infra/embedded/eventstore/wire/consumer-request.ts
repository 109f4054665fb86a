import { type GroupName } from '../persistent/definition.js';
import { FieldReader } from './field-reader.js';
import { readGroupName } from './group-name-request.js';
import { holdsField } from './read-request.js';
import { readUuid } from './uuid.js';

export type NackWish = 'unknown' | 'park' | 'retry' | 'skip' | 'stop';
const WISHES: readonly NackWish[] = ['unknown', 'park', 'retry', 'skip', 'stop'];

/** What a consumer says: first what it wants to consume, then how its messages fared. */
export type ConsumerRequest =
  | {
      readonly kind: 'connect';
      readonly name: GroupName;
      readonly bufferSize: number;
      readonly structuredIds: boolean;
    }
  | { readonly kind: 'ack'; readonly ids: readonly string[] }
  | {
      readonly kind: 'nack';
      readonly ids: readonly string[];
      readonly wish: NackWish;
      readonly reason: string;
    }
  | { readonly kind: 'nothing' };

export function decodeConsumerRequest(bytes: Buffer): ConsumerRequest {
  const request = new FieldReader(bytes);
  let found: ConsumerRequest = { kind: 'nothing' };
  while (request.next()) {
    if (request.field === 1) found = readConnect(request.bytes());
    else if (request.field === 2) found = { kind: 'ack', ids: readAnswer(request.message()).ids };
    else if (request.field === 3) found = { kind: 'nack', ...readAnswer(request.message()) };
    else request.skip();
  }
  return found;
}

function readConnect(bytes: Buffer): ConsumerRequest {
  let bufferSize = 0;
  let structuredIds = true;
  const options = new FieldReader(bytes);
  while (options.next()) {
    if (options.field === 3) bufferSize = options.signed64();
    else if (options.field === 4) structuredIds = !holdsField(options.message(), 2);
    else options.skip();
  }
  const name = readGroupName(new FieldReader(bytes), { stream: 1, all: 5, group: 2 });
  return { kind: 'connect', name, bufferSize, structuredIds };
}

function readAnswer(reader: FieldReader): { ids: string[]; wish: NackWish; reason: string } {
  const ids: string[] = [];
  let wish: NackWish = 'unknown';
  let reason = '';
  while (reader.next()) {
    if (reader.field === 2) ids.push(readUuid(reader.message()) ?? '');
    else if (reader.field === 3) wish = WISHES[reader.number()] ?? 'unknown';
    else if (reader.field === 4) reason = reader.text();
    else reader.skip();
  }
  return { ids: ids.filter((id) => id !== ''), wish, reason };
}
