import { isNumeric, toPlainNumber } from '../bson/numbers.js';
import { BsonType, type BsonValue } from '../bson/value.js';
import { CommandError } from '../errors.js';
import { typeName } from '../query/value-predicates.js';

/** Fields any command may carry, checked in one place for all of them. */
const GENERIC = new Set([
  '$db',
  '$readPreference',
  '$clusterTime',
  'lsid',
  'txnNumber',
  'autocommit',
  'startTransaction',
  'readConcern',
  'writeConcern',
  'maxTimeMS',
  'comment',
  'apiVersion',
  'apiStrict',
  'apiDeprecationErrors',
  'collation',
]);

/** The fields of a command (or of one statement in it), read with the type they must have. */
export class CommandArguments {
  constructor(
    readonly name: string,
    private readonly fields: ReadonlyMap<string, BsonValue>,
  ) {}

  /** An option this node does not know could change what the command means: it is an error, not ignored. */
  allow(...known: readonly string[]): this {
    for (const field of this.fields.keys()) {
      if (field !== this.name && !GENERIC.has(field) && !known.includes(field)) {
        throw new CommandError('IDLUnknownField', `BSON field '${this.name}.${field}' is an unknown field.`);
      }
    }
    return this;
  }

  value(name: string): BsonValue | undefined {
    const value = this.fields.get(name);
    return value?.isNullish === true ? undefined : value;
  }

  has(name: string): boolean {
    return this.value(name) !== undefined;
  }

  required(name: string): BsonValue {
    const value = this.value(name);
    if (value === undefined) {
      throw new CommandError(
        'IDLFailedToParse',
        `BSON field '${this.name}.${name}' is missing but a required field`,
      );
    }
    return value;
  }

  string(name: string): string {
    const value = this.required(name);
    if (value.type !== BsonType.string) throw this.wrongType(name, value, 'string');
    return value.text();
  }

  document(name: string): BsonValue | undefined {
    const value = this.value(name);
    if (value !== undefined && !value.isDocument) throw this.wrongType(name, value, 'object');
    return value;
  }

  array(name: string): BsonValue {
    const value = this.required(name);
    if (!value.isArray) throw this.wrongType(name, value, 'array');
    return value;
  }

  boolean(name: string, otherwise = false): boolean {
    const value = this.value(name);
    if (value === undefined) return otherwise;
    if (value.type === BsonType.boolean) return value.boolean();
    if (!isNumeric(value.type)) throw this.wrongType(name, value, 'bool');
    return toPlainNumber(value) !== 0;
  }

  /** A whole number that is not negative. */
  count(name: string): number | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    const number = toPlainNumber(value);
    if (number === undefined) throw this.wrongType(name, value, 'long');
    if (number < 0)
      throw new CommandError(51024, `BSON field '${name}' value must be >= 0, actual value '${number}'`);
    return Math.trunc(number);
  }

  private wrongType(name: string, value: BsonValue, expected: string): CommandError {
    return new CommandError(
      'TypeMismatch',
      `BSON field '${this.name}.${name}' is the wrong type '${typeName(value.type)}', expected type '${expected}'`,
    );
  }
}
