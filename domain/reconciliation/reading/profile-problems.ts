import { startOfHeading } from './fix/default-tags.js';
import { parseTagPath } from './fix/field-texts.js';
import {
  mandatoryFields,
  type MappingProfile,
  type TradeField,
  tradeFields,
} from '../uploads/mapping-profile.js';

/** What is wrong, and where: a field of the trade record, a property of the profile, or the header. */
export interface ProfileProblem {
  readonly field: string;
  readonly reason: string;
}

/** What is wrong with a profile apart from its formats and time zone, which their own compilers judge. */
export function profileProblems(profile: MappingProfile): ProfileProblem[] {
  return [
    ...nameProblems(profile),
    ...separatorProblems(profile),
    ...sourceProblems(profile),
    ...codeProblems(profile),
    ...formatProblems(profile),
  ];
}

/** What one format has and another one has not. */
function formatProblems({ format, columns, delimiter, decimalSeparator, checks, ours }: MappingProfile) {
  const problems: ProfileProblem[] = [];
  if (format === 'fix') {
    if (delimiter !== undefined && delimiter !== startOfHeading && delimiter !== '|')
      problems.push({ field: 'delimiter', reason: 'is neither SOH nor "|", which FIX logs have' });
    for (const [field, tag] of Object.entries(columns))
      if (tag.trim() !== '' && parseTagPath(tag) === undefined)
        problems.push({ field, reason: `has "${tag}", which is no tag: 55, or 448[452=17] in a group, are` });
    return problems;
  }
  if (checks !== undefined) problems.push({ field: 'checks', reason: 'is for FIX alone' });
  if (ours !== undefined) problems.push({ field: 'ours', reason: 'is for FIX alone' });
  if (format === 'ndjson' && delimiter !== undefined)
    problems.push({ field: 'delimiter', reason: 'is not for NDJSON: a line is one object' });
  if (format === 'ndjson' && decimalSeparator !== undefined && decimalSeparator !== '.')
    problems.push({ field: 'decimalSeparator', reason: 'is a point in JSON' });
  return problems;
}

function nameProblems({ name, columns, constants }: MappingProfile): ProfileProblem[] {
  const problems: ProfileProblem[] = name.trim() === '' ? [{ field: 'name', reason: 'is empty' }] : [];
  const known = new Set<string>(tradeFields);
  for (const field of new Set([...Object.keys(columns), ...Object.keys(constants ?? {})])) {
    if (!known.has(field)) problems.push({ field, reason: 'is no field of a trade record' });
  }
  return problems;
}

function separatorProblems(profile: MappingProfile): ProfileProblem[] {
  const problems: ProfileProblem[] = [];
  const { delimiter = ',', thousandsSeparator, decimalSeparator = '.' } = profile;
  if (delimiter.length !== 1 || /["\r\n]/.test(delimiter)) {
    problems.push({
      field: 'delimiter',
      reason: 'is not one character other than a quotation mark or a line end',
    });
  }
  if (decimalSeparator.length !== 1 || /[0-9+-]/.test(decimalSeparator)) {
    problems.push({ field: 'decimalSeparator', reason: 'is not one character other than a digit or a sign' });
  }
  if (thousandsSeparator === undefined) return problems;
  if (thousandsSeparator.length !== 1 || /[0-9+-]/.test(thousandsSeparator)) {
    problems.push({
      field: 'thousandsSeparator',
      reason: 'is not one character other than a digit or a sign',
    });
  } else if (thousandsSeparator === decimalSeparator) {
    problems.push({ field: 'thousandsSeparator', reason: 'is the decimal separator too' });
  }
  return problems;
}

/**
 * Every mandatory field comes from one place, and no column gives two fields. FIX has tags for all of them, and
 * constants for what single messages lack.
 */
function sourceProblems({ format, columns, constants = {} }: MappingProfile): ProfileProblem[] {
  const problems: ProfileProblem[] = [];
  const fieldOfColumn = new Map<string, TradeField>();
  const mandatory = new Set<TradeField>(mandatoryFields);
  for (const field of tradeFields) {
    const column = columns[field];
    const constant = constants[field];
    if (column === undefined) {
      if (constant === undefined && mandatory.has(field) && format !== 'fix') {
        problems.push({ field, reason: 'is mandatory and has neither a column nor a constant' });
      }
      continue;
    }
    if (constant !== undefined && format !== 'fix')
      problems.push({ field, reason: 'has both a column and a constant' });
    if (column.trim() === '') problems.push({ field, reason: 'has a column without a name' });
    const other = fieldOfColumn.get(column);
    if (other !== undefined && format !== 'fix')
      problems.push({ field, reason: `has the column "${column}", which ${other} has already` });
    fieldOfColumn.set(column, field);
  }
  return problems;
}

function codeProblems({ sideCodes, symbols = {} }: MappingProfile): ProfileProblem[] {
  const problems: ProfileProblem[] = [];
  for (const [symbol, ours] of Object.entries(symbols)) {
    if (ours.trim() === '') problems.push({ field: 'symbols', reason: `gives nothing for "${symbol}"` });
  }
  if (sideCodes === undefined) return problems;
  for (const side of ['buy', 'sell'] as const) {
    if (!Object.values(sideCodes).includes(side))
      problems.push({ field: 'sideCodes', reason: `has no code for ${side}` });
  }
  for (const [code, side] of Object.entries<string>(sideCodes)) {
    if (side !== 'buy' && side !== 'sell') {
      problems.push({
        field: 'sideCodes',
        reason: `gives "${side}" for "${code}", which is neither buy nor sell`,
      });
    }
  }
  return problems;
}
