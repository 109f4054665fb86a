import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { type ExpectedRevision } from './expected-revision.js';
import { NO_EVENTS } from './store/head.js';

/** An answer of the node that refuses a call, with the trailers the client turns into its own error. */
export class Refusal extends Error implements ServiceError {
  override readonly name = 'Refusal';
  readonly details: string;
  readonly metadata = new Metadata();

  constructor(
    readonly code: status,
    details: string,
    trailers: Readonly<Record<string, string>> = {},
  ) {
    super(details);
    this.details = details;
    for (const [key, value] of Object.entries(trailers)) this.metadata.set(key, printable(value));
  }
}

export function streamDeleted(stream: string): Refusal {
  return new Refusal(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, {
    exception: 'stream-deleted',
    'stream-name': stream,
  });
}

export function appendTooLarge(maxAppendSize: number): Refusal {
  return new Refusal(status.INVALID_ARGUMENT, `Maximum Append Size of ${maxAppendSize} Exceeded.`, {
    exception: 'maximum-append-size-exceeded',
    'maximum-append-size': String(maxAppendSize),
  });
}

export function wrongExpectedVersion(stream: string, expected: ExpectedRevision, current: number): Refusal {
  const version = versionOf(expected);
  const actual = current === NO_EVENTS ? -1 : current;
  return new Refusal(
    status.FAILED_PRECONDITION,
    `Append failed due to WrongExpectedVersion. Stream: ${stream}, Expected version: ${version}, Actual version: ${actual}`,
    {
      exception: 'wrong-expected-version',
      'stream-name': stream,
      'expected-version': version,
      'actual-version': String(actual),
    },
  );
}

export function badRequest(details: string): Refusal {
  return new Refusal(status.INVALID_ARGUMENT, details);
}

/** What the server answers to reads it cannot make sense of. */
export function unknown(details: string): Refusal {
  return new Refusal(status.UNKNOWN, details);
}

/** Turns whatever went wrong inside a call into its answer. */
export function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  return unknown(error instanceof Error ? error.message : String(error));
}

function versionOf(expected: ExpectedRevision): string {
  switch (expected.kind) {
    case 'no stream':
      return '-1';
    case 'any':
      return '-2';
    case 'stream exists':
      return '-4';
    case 'exact':
      return String(expected.revision);
  }
}

/** Trailers hold printable ASCII; a stream name may hold anything. */
function printable(value: string): string {
  return value.replaceAll(/[^ -~]+/g, (part) => encodeURIComponent(part));
}
