import { ALL, type GroupName } from '../persistent/definition.js';
import { readStreamName } from './append-request.js';
import { FieldReader } from './field-reader.js';

/** The options of a request, which are its first field always. */
export function optionsOf(bytes: Buffer): FieldReader {
  const request = new FieldReader(bytes);
  while (request.next()) {
    if (request.field === 1) return request.message();
    request.skip();
  }
  return request;
}

/** Where the fields of a name stand, which differs from request to request. */
interface NameFields {
  readonly stream: number;
  readonly all: number;
  readonly group: number;
}

export function readGroupName(options: FieldReader, fields: NameFields): GroupName {
  let stream = '';
  let group = '';
  while (options.next()) {
    if (options.field === fields.stream) stream = readStreamName(options.message());
    else if (options.field === fields.group) group = options.text();
    else {
      if (options.field === fields.all) stream = ALL;
      options.skip();
    }
  }
  return { stream, group };
}

export function decodeDeleteGroup(bytes: Buffer): GroupName {
  return readGroupName(optionsOf(bytes), { stream: 1, all: 3, group: 2 });
}

export function decodeGetGroupInfo(bytes: Buffer): GroupName {
  return readGroupName(optionsOf(bytes), { stream: 1, all: 2, group: 3 });
}

export interface ReplayParkedRequest {
  readonly name: GroupName;
  readonly stopAt: bigint | undefined;
}

export function decodeReplayParked(bytes: Buffer): ReplayParkedRequest {
  let stopAt: bigint | undefined;
  const options = optionsOf(bytes);
  while (options.next()) {
    if (options.field === 4) stopAt = BigInt.asIntN(64, options.unsigned64());
    else options.skip();
  }
  return { name: readGroupName(optionsOf(bytes), { stream: 2, all: 3, group: 1 }), stopAt };
}

/** The stream whose groups are to be listed; undefined for all groups. */
export function decodeListGroups(bytes: Buffer): { readonly stream: string | undefined } {
  let stream: string | undefined;
  const options = optionsOf(bytes);
  while (options.next()) {
    if (options.field === 2) ({ stream } = readGroupName(options.message(), { stream: 1, all: 2, group: 0 }));
    else options.skip();
  }
  return { stream };
}
