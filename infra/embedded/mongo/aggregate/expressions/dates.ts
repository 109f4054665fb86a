import { BsonType, BsonValue } from '../../bson/value.js';
import { dateValue, int32Value, toPlainNumber } from '../../bson/numbers.js';
import { CommandError, notImplemented } from '../../errors.js';
import { fieldsOf } from '../../bson/elements.js';
import { closeNode, openDocument } from '../../bson/node.js';
import {
  type Compiler,
  type Computation,
  isNothing,
  namedOperands,
  NULL_VALUE,
  type OperatorCompiler,
  required,
} from './computation.js';
import { withMingo } from './with-mingo.js';

/** The operand that is the date: the only one, or the one of that name. */
function dateOperand(operand: BsonValue, compiler: Compiler): Computation {
  const named = operand.isDocument ? fieldsOf(operand).get('date') : undefined;
  return compiler.compile(named ?? operand);
}

/** Null for no date, which mingo would refuse. */
function ofDate(compute: OperatorCompiler): OperatorCompiler {
  return (name, operand, compiler) => {
    const date = dateOperand(operand, compiler);
    const part = compute(name, operand, compiler);
    return (scope) => {
      const value = date(scope);
      return isNothing(value) ? NULL_VALUE : part(scope);
    };
  };
}

/** Weeks begin on Sundays, and the days before the first Sunday are in week 0. */
const week: OperatorCompiler = (_name, operand, compiler) => {
  const [dayOfYear, dayOfWeek] = ['$dayOfYear', '$dayOfWeek'].map((part) =>
    withMingo(part, operand, compiler),
  );
  const numberOf = (value: BsonValue | undefined): number =>
    value === undefined ? 0 : (toPlainNumber(value) ?? 0);
  return (scope) =>
    int32Value(Math.floor((numberOf(dayOfYear?.(scope)) + 7 - numberOf(dayOfWeek?.(scope))) / 7));
};

const PERCENT = '\ue000';

/** mingo knows neither `%%` nor the weeks of `%U`. */
const dateToString: OperatorCompiler = (name, operand, compiler) => {
  const format = operand.isDocument ? fieldsOf(operand).get('format') : undefined;
  if (format === undefined) return withMingo(name, operand, compiler);
  if (format.type !== BsonType.string || format.text().startsWith('$'))
    throw notImplemented('$dateToString with a computed format');
  const text = format.text().replaceAll('%%', PERCENT);
  if (text.includes('%U')) throw notImplemented('%U in $dateToString');
  const unknown = /%[^YmdHMSLzZjuVG]/.exec(text)?.[0];
  if (unknown !== undefined)
    throw new CommandError(18536, `Invalid format character '${unknown}' in format string`);
  const changed = openDocument(operand);
  changed.fields.set('format', BsonValue.from(text));
  const compute = withMingo(name, closeNode(changed), compiler);
  return (scope) => {
    const value = compute(scope);
    return value?.type === BsonType.string ? BsonValue.from(value.text().replaceAll(PERCENT, '%')) : value;
  };
};

const MILLISECONDS: Readonly<Record<string, number>> = {
  millisecond: 1,
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
};
const MONTHS: Readonly<Record<string, number>> = { month: 1, quarter: 3, year: 12 };

/** Months have different lengths: a day that the target month does not have becomes its last. */
function addMonths(date: Date, months: number): Date {
  const result = new Date(date);
  result.setUTCDate(1);
  result.setUTCMonth(result.getUTCMonth() + months);
  const last = new Date(Date.UTC(result.getUTCFullYear(), result.getUTCMonth() + 1, 0)).getUTCDate();
  result.setUTCDate(Math.min(date.getUTCDate(), last));
  return result;
}

function shifting(sign: 1 | -1): OperatorCompiler {
  return (name, operand, compiler) => {
    const fields = namedOperands(name, operand, ['startDate', 'unit', 'amount', 'timezone'], 5166401);
    if (fields.has('timezone')) throw notImplemented(`${name} in a time zone`);
    const [start, unit, amount] = (['startDate', 'unit', 'amount'] as const).map((field) =>
      compiler.compile(required(name, fields, field, 5166402)),
    );
    return (scope) => {
      const [from, by, count] = [start?.(scope), unit?.(scope), amount?.(scope)];
      if (isNothing(from) || isNothing(by) || isNothing(count)) return NULL_VALUE;
      if (from.type !== BsonType.date)
        throw new CommandError(5166403, `${name} requires startDate to be convertible to a date`);
      if (by.type !== BsonType.string)
        throw new CommandError(5166404, `${name} expects string defining the time unit`);
      const number = toPlainNumber(count);
      if (number === undefined || !Number.isInteger(number))
        throw new CommandError(5166405, `${name} expects integer amount of time units`);
      const milliseconds = Number(from.bytes.readBigInt64LE(from.start));
      const [fixed, months] = [MILLISECONDS[by.text()], MONTHS[by.text()]];
      if (fixed !== undefined) return dateValue(BigInt(milliseconds + sign * number * fixed));
      if (months === undefined)
        throw new CommandError('FailedToParse', `${name}: unknown time unit value: ${by.text()}`);
      return dateValue(BigInt(addMonths(new Date(milliseconds), sign * number * months).getTime()));
    };
  };
}

const PARTS = [
  '$year',
  '$month',
  '$dayOfMonth',
  '$dayOfWeek',
  '$dayOfYear',
  '$hour',
  '$minute',
  '$second',
  '$millisecond',
  '$isoWeek',
  '$isoWeekYear',
  '$isoDayOfWeek',
];

export const DATE_OPERATORS: Readonly<Record<string, OperatorCompiler>> = {
  ...Object.fromEntries(PARTS.map((name) => [name, ofDate(withMingo)] as const)),
  $week: ofDate(week),
  $dateToString: dateToString,
  $dateAdd: shifting(1),
  $dateSubtract: shifting(-1),
};
