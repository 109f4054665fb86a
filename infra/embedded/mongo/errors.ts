import { serialize } from 'bson';

/** The server's own error codes, as far as this node answers with them. */
const ERROR_CODES = {
  InternalError: 1,
  BadValue: 2,
  FailedToParse: 9,
  TypeMismatch: 14,
  InvalidLength: 16,
  IllegalOperation: 20,
  InvalidBSON: 22,
  NamespaceNotFound: 26,
  IndexNotFound: 27,
  PathNotViable: 28,
  ConflictingUpdateOperators: 40,
  Unauthorized: 13,
  CursorNotFound: 43,
  NamespaceExists: 48,
  DollarPrefixedFieldName: 52,
  InvalidIdField: 53,
  NotSingleValueField: 54,
  EmptyFieldName: 56,
  CommandNotFound: 59,
  ImmutableField: 66,
  CannotCreateIndex: 67,
  MaxTimeMSExpired: 50,
  CursorInUse: 143,
  NotAReplicaSet: 123,
  UnsupportedOpQueryCommand: 352,
  InvalidOptions: 72,
  InvalidNamespace: 73,
  IndexOptionsConflict: 85,
  IndexKeySpecsConflict: 86,
  OperationFailed: 96,
  DocumentValidationFailure: 121,
  InvalidPipelineOperator: 168,
  CannotIndexParallelArrays: 171,
  QueryPlanKilled: 175,
  InvalidIndexSpecificationOption: 197,
  TransactionTooOld: 225,
  NotImplemented: 238,
  ConversionFailure: 241,
  QueryExceededMemoryLimitNoDiskUseAllowed: 292,
  BSONObjectTooLarge: 10334,
  DuplicateKey: 11000,
  OutOfDiskSpace: 14031,
  KeyTooLong: 17280,
  IDLFailedToParse: 40414,
  IDLUnknownField: 40415,
} as const;

export type ErrorName = keyof typeof ERROR_CODES;

/** An answer the client is meant to get: one of the server's codes and words for a person. */
export class CommandError extends Error {
  readonly code: number;
  readonly codeName: string;

  /** `error` is one of the server's named codes, or the number of one of its assertions, which have no names. */
  constructor(
    error: ErrorName | number,
    message: string,
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = 'CommandError';
    this.code = typeof error === 'number' ? error : ERROR_CODES[error];
    this.codeName = typeof error === 'number' ? `Location${error}` : error;
  }

  /** The failing reply as the server words it. */
  reply(): Buffer {
    return Buffer.from(
      serialize({
        ok: 0,
        errmsg: this.message,
        code: this.code,
        codeName: this.codeName,
        ...this.details,
      }),
    );
  }
}

/** What is not done says so with the server's own code, and never answers something else instead. */
export function notImplemented(what: string): CommandError {
  return new CommandError('NotImplemented', `${what} is not implemented by the embedded MongoDB node`);
}
