import { type Candidate } from './candidates.js';
import { type CrossReference, SymbolTable } from './cross-reference.js';
import { type Yardstick } from './differences.js';
import { type Limits, readTolerances, type ToleranceSet } from './tolerances.js';

/** Other tolerances for what meets every condition given. What it leaves out is as in the set that it belongs to. */
export interface ToleranceOverride {
  /** Any identifier of the instrument. */
  readonly symbol?: string | undefined;
  /** Of the instrument, by the cross-reference. */
  readonly assetClass?: string | undefined;
  /** Of a record of either side. */
  readonly source?: string | undefined;
  readonly tolerances: ToleranceSet;
}

/** By what everything of a run is judged. */
export interface RunTolerances {
  readonly tolerances: ToleranceSet;
  readonly overrides?: readonly ToleranceOverride[] | undefined;
  /** The set that the values are of; left out where they were given with the run. */
  readonly toleranceSet?: { readonly name: string; readonly version: number } | undefined;
}

interface JudgedOverride {
  readonly symbol: string | undefined;
  readonly assetClass: string | undefined;
  readonly source: string | undefined;
  readonly yardstick: Yardstick;
}

type Members = readonly Candidate[];

/**
 * The yardsticks of a run: one for everything, and one for each override. An override by symbol comes before one by
 * asset class, and that before one by source; of equal ones, the first in the list.
 */
export class Yardsticks {
  /** How far apart in time records may be at most, in milliseconds, whatever they are judged by. */
  readonly reach: number;
  /** Whether quantities must be equal, whatever they are judged by. */
  readonly wantsEqualQuantities: boolean;
  private readonly base: Yardstick;
  private readonly overrides: readonly JudgedOverride[];
  private readonly symbols: SymbolTable;

  constructor(
    { tolerances, overrides = [], toleranceSet }: RunTolerances,
    readonly resolution: number,
    crossReference?: CrossReference,
  ) {
    const set = toleranceSet && `tolerance set ${toleranceSet.name} version ${toleranceSet.version}`;
    this.symbols = new SymbolTable(crossReference);
    this.base = { limits: limitsOf(tolerances), resolution, name: set };
    this.overrides = [...overrides]
      .sort((left, right) => precedence(right) - precedence(left))
      .map((override) => ({
        symbol: override.symbol === undefined ? undefined : this.symbols.canonical(override.symbol),
        assetClass: override.assetClass,
        source: override.source,
        yardstick: {
          limits: limitsOf({ ...tolerances, ...override.tolerances }),
          resolution,
          name: `${set ?? 'the tolerances of the run'}, override for ${conditionsText(override)}`,
        },
      }));
    const limits = [this.base, ...this.overrides.map(({ yardstick }) => yardstick)].map((one) => one.limits);
    // Times in the same step of the resolution are equal, however narrow the window.
    this.reach = Math.max(resolution - 1, ...limits.map(({ milliseconds }) => milliseconds));
    this.wantsEqualQuantities = limits.every(
      ({ quantityAbsolute, quantityPercent }) => quantityAbsolute === 0n && quantityPercent === 0n,
    );
  }

  /** What two records, or two sets of records of one instrument, are judged by. */
  of(left: Members, right: Members): Yardstick {
    if (this.overrides.length === 0) return this.base;
    const found = this.overrides.find(({ symbol, assetClass, source }) => {
      const instrument = (left[0] ?? right[0])?.record.symbol ?? '';
      if (symbol !== undefined && symbol !== instrument) return false;
      if (assetClass !== undefined && assetClass !== this.symbols.assetClass(instrument)) return false;
      const isOfSource = (one: Candidate): boolean => one.source === source;
      return source === undefined || left.some(isOfSource) || right.some(isOfSource);
    });
    return found?.yardstick ?? this.base;
  }
}

/** The words that say which tolerance was used; nothing where it was given with the run, which holds its values. */
export function usedTolerance({ name }: Yardstick): string {
  return name === undefined ? '' : `; judged by ${name}`;
}

function precedence({ symbol, assetClass, source }: ToleranceOverride): number {
  return (symbol === undefined ? 0 : 4) + (assetClass === undefined ? 0 : 2) + (source === undefined ? 0 : 1);
}

function conditionsText({ symbol, assetClass, source }: ToleranceOverride): string {
  const conditions = [
    ...(symbol === undefined ? [] : [`symbol ${symbol}`]),
    ...(assetClass === undefined ? [] : [`asset class ${assetClass}`]),
    ...(source === undefined ? [] : [`source ${source}`]),
  ];
  return conditions.join(' and ');
}

/** A set that nobody can judge by is refused when it is proposed; here it is a defect of the caller. */
function limitsOf(tolerances: ToleranceSet): Limits {
  const read = readTolerances(tolerances);
  if ('limits' in read) return read.limits;
  throw new RangeError(read.problems.map(({ field, reason }) => `${field} ${reason}`).join('; '));
}
