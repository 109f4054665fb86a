import { parseDecimal, decimalOf } from '../../kernel/decimal.js';
import { severities, type Severity } from './states.js';

/** Amounts as decimal texts by currency (three capital letters); `other` is of every currency that is not named. */
export type AmountTable = Readonly<Record<string, string>>;

/** From so many days on, a break is at least so severe. */
export interface AgeingStep {
  /** Whole days since it was found, 1 to 365. */
  readonly afterDays: number;
  readonly atLeast: Severity;
}

/** How the breaks of a workspace are judged. */
export interface BreakPolicyTable {
  /** From a notional on, a break is as severe as the table's name says; below all of them it is `low`. */
  readonly severityFrom: Readonly<Partial<Record<Severity, AmountTable>>>;
  /** In the order of their days; at each of them a break that is still open is escalated. */
  readonly ageing: readonly AgeingStep[];
  /** Above this notional a resolution is a proposal, which a second person approves. */
  readonly approvalAbove: AmountTable;
}

/** A table as it stood when something was judged by it; version 0 is the built-in one. */
export interface BreakPolicy extends BreakPolicyTable {
  readonly version: number;
}

/** What a workspace has until it says otherwise. */
export const builtInPolicy: BreakPolicy = {
  version: 0,
  severityFrom: {
    medium: { JPY: '1000000', other: '10000' },
    high: { JPY: '10000000', other: '100000' },
    critical: { JPY: '100000000', other: '1000000' },
  },
  ageing: [
    { afterDays: 1, atLeast: 'medium' },
    { afterDays: 3, atLeast: 'high' },
    { afterDays: 7, atLeast: 'critical' },
  ],
  approvalAbove: { JPY: '100000000', other: '1000000' },
};

export interface Judged {
  /** A decimal text. */
  readonly notional: string;
  readonly currency: string;
}

/** How severe a break is at an age in whole days. */
export function severityOf(
  { severityFrom, ageing }: BreakPolicyTable,
  judged: Judged,
  ageDays: number,
): Severity {
  const byNotional = severities.filter((severity) => {
    const from = amountFor(severityFrom[severity] ?? {}, judged.currency);
    return from !== undefined && decimalOf(judged.notional) >= decimalOf(from);
  });
  const byAge = ageing.filter(({ afterDays }) => ageDays >= afterDays).map(({ atLeast }) => atLeast);
  return [...byNotional, ...byAge].reduce<Severity>(moreSevere, 'low');
}

/** The notional above which a second person is asked; undefined: none is. */
export function approvalLimit({ approvalAbove }: BreakPolicyTable, judged: Judged): string | undefined {
  const limit = amountFor(approvalAbove, judged.currency);
  return limit !== undefined && decimalOf(judged.notional) > decimalOf(limit) ? limit : undefined;
}

export interface PolicyProblem {
  readonly field: string;
  readonly reason: string;
}

/** Why nobody can judge by a table; empty when one can. */
export function policyProblems({
  severityFrom,
  ageing,
  approvalAbove,
}: BreakPolicyTable): readonly PolicyProblem[] {
  const amounts = Object.entries(severityFrom).flatMap(([severity, table]) => [
    ...(severities.some((known) => known === severity) && severity !== 'low'
      ? []
      : [{ field: `severityFrom.${severity}`, reason: 'is not one of medium, high, critical' }]),
    ...amountProblems(`severityFrom.${severity}`, table),
  ]);
  const steps = ageing.flatMap((step, index) => stepProblems(step, ageing[index - 1], `ageing.${index}`));
  return [...amounts, ...steps, ...amountProblems('approvalAbove', approvalAbove)];
}

function amountProblems(field: string, table: AmountTable): readonly PolicyProblem[] {
  return Object.entries(table).flatMap(([currency, amount]) => {
    if (currency !== 'other' && !/^[A-Z]{3}$/.test(currency))
      return [{ field: `${field}.${currency}`, reason: 'is neither a currency nor `other`' }];
    const read = parseDecimal(amount);
    if (typeof read !== 'bigint') return [{ field: `${field}.${currency}`, reason: read.reason }];
    return read < 0n ? [{ field: `${field}.${currency}`, reason: 'is below zero' }] : [];
  });
}

function stepProblems(
  { afterDays, atLeast }: AgeingStep,
  before: AgeingStep | undefined,
  field: string,
): readonly PolicyProblem[] {
  const problems: PolicyProblem[] = [];
  if (!Number.isInteger(afterDays) || afterDays < 1 || afterDays > 365)
    problems.push({ field: `${field}.afterDays`, reason: 'is no whole number from 1 to 365' });
  else if (before && afterDays <= before.afterDays)
    problems.push({ field: `${field}.afterDays`, reason: 'does not follow the step before' });
  if (!severities.includes(atLeast)) problems.push({ field: `${field}.atLeast`, reason: 'is no severity' });
  return problems;
}

function amountFor(table: AmountTable, currency: string): string | undefined {
  return Object.hasOwn(table, currency) ? table[currency] : table['other'];
}

function moreSevere(one: Severity, other: Severity): Severity {
  return severities.indexOf(one) >= severities.indexOf(other) ? one : other;
}
