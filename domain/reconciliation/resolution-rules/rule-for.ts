import { decimalOf } from '../../kernel/decimal.js';
import type { Resolution } from '../breaks/states.js';
import type { Break } from '../matching/result.js';
import type { SymbolTable } from '../matching/cross-reference.js';
import type { ApprovedRule, ResolutionRule } from './events.js';

/** What a rule can ask of a run beyond its breaks. */
export interface RuledRun {
  /** By side: of its uploads. */
  readonly sources: readonly (readonly string[])[];
  readonly symbols: SymbolTable;
}

export interface RuledResolution {
  readonly name: string;
  readonly version: number;
  readonly resolution: Resolution;
  /** Names the rule, for the record of the break. */
  readonly reason: string;
}

/** The first rule, by name, whose every condition a break meets; undefined where a person has to decide. */
export function ruleFor(
  found: Break,
  rules: readonly ApprovedRule[],
  run: RuledRun,
): RuledResolution | undefined {
  const one = rules.find(({ rule }) => isMet(rule, found, run));
  if (!one) return undefined;
  const { name, version, rule } = one;
  const reason = `${rule.reason} (rule ${name} version ${version})`;
  return { name, version, resolution: rule.resolution, reason };
}

function isMet(rule: ResolutionRule, found: Break, { sources, symbols }: RuledRun): boolean {
  const { types, currency, symbol, account, source, differenceUpTo, notionalUpTo } = rule;
  return (
    types.includes(found.type) &&
    (currency === undefined || currency === found.currency) &&
    (symbol === undefined ||
      (found.symbol !== undefined && symbols.canonical(symbol) === symbols.canonical(found.symbol))) &&
    (account === undefined || account === found.account) &&
    (source === undefined || sources.some((side) => isOnly(side, source))) &&
    isAtMost(found.differenceAmount, differenceUpTo) &&
    isAtMost(found.notional, notionalUpTo)
  );
}

function isOnly(side: readonly string[], source: string): boolean {
  return side.length > 0 && side.every((one) => one === source);
}

function isAtMost(amount: string | undefined, most: ResolutionRule['notionalUpTo']): boolean {
  if (most === undefined) return true;
  return amount !== undefined && decimalOf(amount) <= decimalOf(String(most));
}
