import { type Candidate } from './candidates.js';

/** The steps that search among many combinations. */
export type SearchStep = 'tolerance' | 'group' | 'oneField';

/** A search that came to the end of the work it may do: named, so that nobody takes its outcome for all there is. */
export interface SearchLimit {
  readonly step: SearchStep;
  readonly account: string;
  readonly symbol: string;
  /** Records that were searched among. */
  readonly internal: number;
  readonly broker: number;
  /** What was done instead. */
  readonly outcome: string;
}

/**
 * Limits of work. They count combinations and no time, depend on the number of records alone, and treat both sides
 * alike: so the outcome is the same on every machine, for every order of rows, and from either side.
 */
export const workLimits = {
  /** Pairs looked at per block: so many, or so many for each of its records. */
  pairsOfBlock: 40_000,
  pairsOfRecord: 64,
  /** Edges times the smaller side, of an assignment that is solved at once. */
  assignment: 5_000_000,
  /** Steps of the search for groups in the whole run, shared by the records that are left to it. */
  groupSteps: 2_000_000,
  mostStepsOfRecord: 4_096,
  leastStepsOfRecord: 32,
} as const;

const steps: Readonly<Record<SearchStep, string>> = {
  tolerance: 'pairs within tolerance',
  group: 'groups',
  oneField: 'pairs that differ in one field',
};

/** Collects where searches ended early, and which records that concerns. */
export class SearchLimits {
  private readonly reached: SearchLimit[] = [];
  private readonly concerned = new Map<Candidate, Map<SearchStep, string>>();

  add(step: SearchStep, internal: readonly Candidate[], broker: readonly Candidate[], outcome: string): void {
    const [first] = [...internal, ...broker];
    if (first === undefined) return;
    const { account, symbol } = first.record;
    this.reached.push({ step, account, symbol, internal: internal.length, broker: broker.length, outcome });
    const text = `the search for ${steps[step]} among ${internal.length} internal and ${broker.length} broker records was ${outcome}`;
    for (const candidate of [...internal, ...broker]) {
      const texts = this.concerned.get(candidate) ?? new Map<SearchStep, string>();
      this.concerned.set(candidate, texts.set(step, text));
    }
  }

  /** In an order that no order of rows decides. */
  list(): readonly SearchLimit[] {
    const textOf = (limit: SearchLimit): string => JSON.stringify(limit);
    return this.reached.toSorted((left, right) => (textOf(left) < textOf(right) ? -1 : 1));
  }

  /** What an explanation of a record that stayed alone must add. */
  textFor(candidate: Candidate): string {
    const texts = [...(this.concerned.get(candidate)?.values() ?? [])];
    return texts.map((text) => `; ${text}`).join('');
  }
}
