import { readStreamName } from './append-request.js';
import { FieldReader } from './field-reader.js';

export type Start = 'start' | 'end' | { readonly at: bigint };
export type AllStart = 'start' | 'end' | { readonly commit: bigint; readonly prepare: bigint };

export interface FilterOptions {
  readonly on: 'stream name' | 'event type';
  readonly regex: string | undefined;
  readonly prefixes: readonly string[];
  /** How many events are looked at for one step of a checkpoint. */
  readonly window: number;
  readonly checkpointMultiplier: number;
}

export interface ReadRequest {
  readonly source:
    | { readonly kind: 'stream'; readonly stream: string; readonly from: Start }
    | { readonly kind: 'all'; readonly from: AllStart };
  readonly backwards: boolean;
  readonly resolveLinks: boolean;
  readonly structuredIds: boolean;
  readonly filter: FilterOptions | undefined;
  readonly extent: { readonly kind: 'count'; readonly count: number } | { readonly kind: 'subscription' };
}

const DEFAULT_WINDOW = 32;

/** Reads event_store.client.streams.ReadReq. */
export function decodeReadRequest(bytes: Buffer): ReadRequest {
  const request = new FieldReader(bytes);
  let source: ReadRequest['source'] = { kind: 'all', from: 'start' };
  let backwards = false;
  let resolveLinks = false;
  let structuredIds = true;
  let filter: FilterOptions | undefined;
  let extent: ReadRequest['extent'] = { kind: 'count', count: 0 };
  while (request.next()) {
    if (request.field !== 1) {
      request.skip();
      continue;
    }
    const options = request.message();
    while (options.next()) {
      switch (options.field) {
        case 1:
          source = readStreamSource(options.message());
          break;
        case 2:
          source = { kind: 'all', from: readAllStart(options.message()) };
          break;
        case 3:
          backwards = options.number() === 1;
          break;
        case 4:
          resolveLinks = options.flag();
          break;
        case 5:
          extent = { kind: 'count', count: options.number() };
          break;
        case 6:
          options.skip();
          extent = { kind: 'subscription' };
          break;
        case 7:
          filter = readFilter(options.message());
          break;
        case 9:
          structuredIds = !holdsField(options.message(), 2);
          break;
        default:
          options.skip();
      }
    }
  }
  return { source, backwards, resolveLinks, structuredIds, filter, extent };
}

function readStreamSource(reader: FieldReader): ReadRequest['source'] {
  let stream = '';
  let from: Start = 'start';
  while (reader.next()) {
    if (reader.field === 1) stream = readStreamName(reader.message());
    else if (reader.field === 2) from = { at: reader.unsigned64() };
    else {
      if (reader.field === 3) from = 'start';
      if (reader.field === 4) from = 'end';
      reader.skip();
    }
  }
  return { kind: 'stream', stream, from };
}

function readAllStart(reader: FieldReader): AllStart {
  let from: AllStart = 'start';
  while (reader.next()) {
    if (reader.field === 1) from = readAllPosition(reader.message());
    else {
      if (reader.field === 2) from = 'start';
      if (reader.field === 3) from = 'end';
      reader.skip();
    }
  }
  return from;
}

export function readAllPosition(reader: FieldReader): { commit: bigint; prepare: bigint } {
  let commit = 0n;
  let prepare = 0n;
  while (reader.next()) {
    if (reader.field === 1) commit = reader.unsigned64();
    else if (reader.field === 2) prepare = reader.unsigned64();
    else reader.skip();
  }
  return { commit, prepare };
}

export function readFilter(reader: FieldReader): FilterOptions {
  let on: FilterOptions['on'] = 'stream name';
  let expression: Pick<FilterOptions, 'regex' | 'prefixes'> = { regex: undefined, prefixes: [] };
  let window = DEFAULT_WINDOW;
  let checkpointMultiplier = 1;
  while (reader.next()) {
    switch (reader.field) {
      case 1:
      case 2:
        on = reader.field === 1 ? 'stream name' : 'event type';
        expression = readExpression(reader.message());
        break;
      case 3:
        window = reader.number();
        break;
      case 5:
        checkpointMultiplier = reader.number();
        break;
      default:
        reader.skip();
    }
  }
  return { on, ...expression, window, checkpointMultiplier };
}

function readExpression(reader: FieldReader): Pick<FilterOptions, 'regex' | 'prefixes'> {
  let regex: string | undefined;
  const prefixes: string[] = [];
  while (reader.next()) {
    if (reader.field === 1) regex = reader.text();
    else if (reader.field === 2) prefixes.push(reader.text());
    else reader.skip();
  }
  // An empty regular expression is how some clients say that they gave none.
  return { regex: regex === '' ? undefined : regex, prefixes };
}

export function holdsField(reader: FieldReader, field: number): boolean {
  let holds = false;
  while (reader.next()) {
    holds ||= reader.field === field;
    reader.skip();
  }
  return holds;
}
