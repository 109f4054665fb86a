import { type AppendOutcome } from '../append.js';
import { type ExpectedRevision } from '../expected-revision.js';
import { NO_EVENTS } from '../store/head.js';
import { bytesField, emptyField, messageField, numberField, textField } from './fields.js';

export type Appended = Extract<AppendOutcome, { kind: 'appended' }>;

const STATUS = {
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  alreadyExists: 6,
} as const;

/** The success of an append, laid out alike in both kinds of answer. */
function success({ revision, position }: Appended): Buffer {
  return Buffer.concat([
    revision === NO_EVENTS ? emptyField(2) : numberField(1, revision),
    position === undefined ? emptyField(4) : messageField(3, encodePosition(position)),
  ]);
}

export function encodePosition(position: number): Buffer {
  return Buffer.concat([numberField(1, position), numberField(2, position)]);
}

export function encodeAppendSuccess(outcome: Appended): Buffer {
  return messageField(1, success(outcome));
}

/** The unary answer to a wrong expectation: no error, but a case of the response. */
export function encodeAppendConflict(expected: ExpectedRevision, current: number): Buffer {
  return messageField(
    2,
    current === NO_EVENTS ? emptyField(7) : numberField(6, current),
    expectedField(expected, { exact: 8, any: 9, 'stream exists': 10, 'no stream': 11 }),
  );
}

/** DeleteResp and TombstoneResp. */
export function encodeDeleted(position: number): Buffer {
  return messageField(1, encodePosition(position));
}

export function encodeBatchSuccess(correlation: Buffer, stream: string, outcome: Appended): Buffer {
  return batchAnswer(correlation, stream, messageField(3, success(outcome)));
}

export type BatchFailure =
  | {
      readonly kind: 'wrong expected revision';
      readonly expected: ExpectedRevision;
      readonly current: number;
    }
  | { readonly kind: 'deleted' }
  | { readonly kind: 'too large'; readonly maxAppendSize: number }
  | { readonly kind: 'bad request'; readonly reason: string }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'unknown'; readonly reason: string };

export function encodeBatchFailure(correlation: Buffer, stream: string, failure: BatchFailure): Buffer {
  return batchAnswer(correlation, stream, messageField(2, statusOf(stream, failure)));
}

function batchAnswer(correlation: Buffer, stream: string, answer: Buffer): Buffer {
  return Buffer.concat([bytesField(1, correlation), answer, messageField(4, textField(3, stream))]);
}

/** google.rpc.Status with the reason packed into its details. */
function statusOf(stream: string, failure: BatchFailure): Buffer {
  switch (failure.kind) {
    case 'wrong expected revision':
      return encodeStatus(
        STATUS.alreadyExists,
        'WrongExpectedVersion',
        Buffer.concat([
          failure.current === NO_EVENTS ? emptyField(2) : numberField(1, failure.current),
          expectedField(failure.expected, { exact: 3, any: 4, 'stream exists': 5, 'no stream': 6 }),
        ]),
      );
    case 'deleted':
      return encodeStatus(STATUS.notFound, 'StreamDeleted', messageField(1, textField(3, stream)));
    case 'too large':
      return encodeStatus(
        STATUS.invalidArgument,
        'MaximumAppendSizeExceeded',
        numberField(1, failure.maxAppendSize),
      );
    case 'bad request':
      return encodeStatus(STATUS.invalidArgument, 'BadRequest', textField(1, failure.reason));
    case 'timeout':
      return encodeStatus(STATUS.deadlineExceeded, 'Timeout', Buffer.alloc(0));
    case 'unknown':
      return encodeStatus(STATUS.unknown, 'Unknown', Buffer.alloc(0), failure.reason);
  }
}

function encodeStatus(code: number, type: string, details: Buffer, message = type): Buffer {
  const packed = messageField(
    3,
    textField(1, `type.googleapis.com/event_store.client.${type}`),
    bytesField(2, details),
  );
  return Buffer.concat([numberField(1, code), textField(2, message), packed]);
}

function expectedField(
  expected: ExpectedRevision,
  fields: Readonly<Record<ExpectedRevision['kind'], number>>,
): Buffer {
  const field = fields[expected.kind];
  return expected.kind === 'exact' ? numberField(field, expected.revision) : emptyField(field);
}
