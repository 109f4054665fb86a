import { BsonValue } from '../bson/value.js';
import { fieldsOf, idOf, itemsOf } from '../bson/elements.js';
import { CommandError } from '../errors.js';
import { type Engine } from '../engine.js';
import { compileFilter } from '../query/matcher.js';
import { type CollectionDefinition } from '../store/index-definition.js';
import { CommandArguments } from './arguments.js';
import { type Command, type Reply } from './command.js';
import { statementIdOf } from './concerns.js';
import { decodeValue } from './decode-value.js';
import { encodeReplyDocument } from './replies.js';

const MOST_STATEMENTS = 100_000;

/** The documents or statements of a write: beside the command in a section of their own, or inside it. */
export function statementsOf(command: Command, field: string): readonly BsonValue[] {
  const statements = command.sequences.get(field) ?? itemsOf(command.arguments.array(field));
  if (statements.length === 0 || statements.length > MOST_STATEMENTS) {
    throw new CommandError(
      'InvalidLength',
      `Write batch sizes must be between 1 and ${MOST_STATEMENTS}. Got ${statements.length} operations.`,
    );
  }
  for (const statement of statements) {
    if (!statement.isDocument)
      throw new CommandError('TypeMismatch', `'${command.name}.${field}' must hold objects`);
  }
  return statements;
}

export function statementArguments(
  name: string,
  statement: BsonValue,
  known: readonly string[],
): CommandArguments {
  return new CommandArguments(name, fieldsOf(statement)).allow(...known);
}

/**
 * Runs a write in one transaction and answers once it is on disk. A numbered write is done once: its answer is
 * stored with it, and a retry gets that answer.
 */
export function runWrite(command: Command, engine: Engine, write: () => Reply): Promise<Buffer> {
  const statement = statementIdOf(command.arguments);
  return engine.commits.submit(() => {
    if (statement === undefined) return encodeReplyDocument(write());
    const answered = engine.retries.answered(statement);
    if (answered !== undefined) return answered;
    const reply = encodeReplyDocument(write());
    engine.retries.remember(statement, reply, Date.now());
    return reply;
  });
}

/** Runs statement after statement; a refused one is reported with its index, and ends an ordered batch. */
export function runStatements(
  statements: readonly BsonValue[],
  ordered: boolean,
  run: (statement: BsonValue, index: number) => void,
): Record<string, unknown>[] {
  const errors: Record<string, unknown>[] = [];
  for (const [index, statement] of statements.entries()) {
    try {
      run(statement, index);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      errors.push({ index, code: error.code, ...error.details, errmsg: error.message });
      if (ordered) break;
    }
  }
  return errors;
}

export function withErrors(
  reply: Record<string, unknown>,
  errors: readonly Record<string, unknown>[],
): Reply {
  return errors.length === 0 ? reply : { ...reply, writeErrors: errors };
}

/** The validator given to `create` is a filter every written document has to match. */
export function checkValidator(collection: CollectionDefinition, document: Buffer, bypass: boolean): void {
  if (bypass || collection.validator === undefined) return;
  const validator = BsonValue.document(Buffer.from(collection.validator, 'base64'));
  if (compileFilter(validator)(BsonValue.document(document))) return;
  const id = idOf(BsonValue.document(document));
  throw new CommandError('DocumentValidationFailure', 'Document failed validation', {
    errInfo: {
      failingDocumentId: id === undefined ? null : decodeValue(id),
      details: { operatorName: 'validator' },
    },
  });
}
