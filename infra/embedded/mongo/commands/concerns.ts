import { fieldsOf } from '../bson/elements.js';
import { toPlainNumber } from '../bson/numbers.js';
import { BsonType, type BsonValue } from '../bson/value.js';
import { CommandError, notImplemented } from '../errors.js';
import { type StatementId } from '../store/retryable-writes.js';
import { type CommandArguments } from './arguments.js';

/** What holds for every command alike: concerns, collation, transactions. */
export function checkGenericArguments(args: CommandArguments): void {
  if (args.has('startTransaction') || args.has('autocommit')) {
    throw new CommandError(
      'IllegalOperation',
      'Transaction numbers are only allowed on a replica set member or mongos',
    );
  }
  checkCollation(args.document('collation'));
  const readConcern = args.document('readConcern');
  if (readConcern !== undefined) checkReadConcern(readConcern);
  const writeConcern = args.document('writeConcern');
  const w = writeConcern === undefined ? undefined : fieldsOf(writeConcern).get('w');
  if (w === undefined) return;
  const number = toPlainNumber(w);
  if (number === undefined ? w.type !== BsonType.string || w.text() !== 'majority' : number > 1) {
    throw new CommandError('BadValue', "cannot use 'w' > 1 when a host is not replicated");
  }
}

const LEVELS = ['local', 'available', 'majority'];

/** On a single server whatever is read is what every member has. */
function checkReadConcern(readConcern: BsonValue): void {
  const level = fieldsOf(readConcern).get('level');
  if (level === undefined) return;
  const name = level.type === BsonType.string ? level.text() : '';
  if (LEVELS.includes(name)) return;
  if (name === 'snapshot' || name === 'linearizable') {
    throw new CommandError(
      'NotAReplicaSet',
      `node needs to be a replica set member to use readConcern: ${name}`,
    );
  }
  throw new CommandError(
    'BadValue',
    `Enumeration value '${name}' for field 'readConcern.level' is not a valid value.`,
  );
}

/** Only the simple collation is done: comparing bytes. */
export function checkCollation(collation: BsonValue | undefined): void {
  if (collation === undefined) return;
  const locale = fieldsOf(collation).get('locale');
  if (locale?.type !== BsonType.string || locale.text() !== 'simple')
    throw notImplemented('A collation other than simple');
}

export function sessionOf(args: CommandArguments): Buffer | undefined {
  const lsid = args.document('lsid');
  const id = lsid === undefined ? undefined : fieldsOf(lsid).get('id');
  return id?.type === BsonType.binary ? Buffer.from(id.bytes.subarray(id.start + 5, id.end)) : undefined;
}

/** The session and number of a retryable write, if the client numbers its writes. */
export function statementIdOf(args: CommandArguments): StatementId | undefined {
  const number = args.value('txnNumber');
  if (number === undefined) return undefined;
  const session = sessionOf(args);
  if (session === undefined)
    throw new CommandError('InvalidOptions', 'Transaction number requires a session ID');
  if (number.type !== BsonType.int64) throw new CommandError('TypeMismatch', 'txnNumber must be a long');
  return { session, number: number.bytes.readBigInt64LE(number.start) };
}
