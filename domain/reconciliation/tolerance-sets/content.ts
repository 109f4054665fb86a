import { readTolerances, toleranceNames } from '../matching/tolerances.js';
import type { ToleranceOverride } from '../matching/yardsticks.js';
import { namePattern } from '../command-rules.js';
import { isAssetClass, isSymbol } from '../instruments/identifiers.js';
import type { ToleranceContent } from './events.js';

export interface ContentProblem {
  readonly field: string;
  readonly reason: string;
}

/** What is wrong with a version of a set; nothing that cannot be judged by is ever proposed. */
export function contentProblems({ tolerances, overrides }: ToleranceContent): readonly ContentProblem[] {
  const problems = toleranceProblems('tolerances', tolerances);
  const conditions = new Map<string, number>();
  overrides.forEach((override, index) => {
    const field = `overrides.${index}`;
    const own = overrideProblems(field, override);
    problems.push(...own);
    if (own.length > 0) return;
    const { symbol, assetClass, source } = override;
    const key = JSON.stringify([symbol, assetClass, source]);
    const earlier = conditions.get(key);
    if (earlier === undefined) conditions.set(key, index);
    else problems.push({ field, reason: `has the conditions of overrides.${earlier}` });
  });
  return problems;
}

const isSource = (value: string): boolean => namePattern.test(value);
const conditionRules = { symbol: isSymbol, assetClass: isAssetClass, source: isSource } as const;
const overrideFields: readonly string[] = [...Object.keys(conditionRules), 'tolerances'];

/** What came from a client was looked at no closer than to be a list. */
function overrideProblems(field: string, override: ToleranceOverride): ContentProblem[] {
  const given: unknown = override;
  if (!isTable(given)) return [{ field, reason: 'must be an object' }];
  const problems = Object.keys(given)
    .filter((name) => !overrideFields.includes(name))
    .map((name) => ({ field: `${field}.${name}`, reason: 'is not known' }));
  const conditions = Object.entries(conditionRules).filter(([name]) => given[name] !== undefined);
  if (conditions.length === 0) problems.push({ field, reason: 'needs a symbol, an assetClass or a source' });
  for (const [name, isGood] of conditions) {
    const value = given[name];
    if (typeof value !== 'string' || !isGood(value))
      problems.push({ field: `${field}.${name}`, reason: 'is none' });
  }
  if (!isTable(given['tolerances']) || Object.keys(given['tolerances']).length === 0)
    return [...problems, { field: `${field}.tolerances`, reason: 'must say what is overridden' }];
  return [...problems, ...toleranceProblems(`${field}.tolerances`, given['tolerances'])];
}

function toleranceProblems(field: string, given: object): ContentProblem[] {
  const known: readonly string[] = toleranceNames;
  const wrong = Object.entries(given).flatMap(([name, value]: [string, unknown]) => {
    if (!known.includes(name)) return [{ field: `${field}.${name}`, reason: 'is not known' }];
    const isAmount =
      value === undefined ||
      (typeof value === 'number' && Number.isFinite(value)) ||
      (typeof value === 'string' && value.length <= 64);
    return isAmount
      ? []
      : [{ field: `${field}.${name}`, reason: 'must be a number or a decimal as a string' }];
  });
  if (wrong.length > 0) return wrong;
  const read = readTolerances(given);
  return 'problems' in read
    ? read.problems.map((problem) => ({ field: `${field}.${problem.field}`, reason: problem.reason }))
    : [];
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
