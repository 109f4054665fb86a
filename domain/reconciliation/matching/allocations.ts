import { type Candidate } from './candidates.js';
import { compareSumGroups, findEqualSums, type SumGroup } from './equal-sums.js';
import { type Block } from './window.js';
import { type Yardsticks } from './yardsticks.js';

/** What is open of both sides inside one window of time. */
interface Pool {
  readonly internal: readonly Candidate[];
  readonly broker: readonly Candidate[];
  readonly best: SumGroup | undefined;
}

export interface Allocations {
  readonly groups: readonly SumGroup[];
  /** Whether some search ended early. */
  readonly isLimited: boolean;
}

/**
 * Several records of one side against several of the other, as allocations are to blocks. All records of a group lie
 * inside one window of time. The best group of all windows is taken first.
 *
 * @param taken gets the records of the groups
 */
export function allocationsOf(
  block: Block,
  yardsticks: Yardsticks,
  mostWork: number,
  taken: Set<Candidate>,
): Allocations {
  let work = 0;
  let isLimited = false;
  const groups: SumGroup[] = [];
  const searched = ({ internal, broker }: Omit<Pool, 'best'>): Pool => {
    const isOpen = (candidate: Candidate): boolean => !taken.has(candidate);
    const open = { internal: internal.filter(isOpen), broker: broker.filter(isOpen) };
    if (open.internal.length < 2 || open.broker.length < 2) return { ...open, best: undefined };
    const search = findEqualSums(open.internal, open.broker, yardsticks, mostWork);
    work += search.work;
    if (!search.complete) isLimited = true;
    return { ...open, best: search.group };
  };
  let pools: Pool[] = [];
  for (const pool of windowsOf(block, taken)) {
    if (work > mostWork) return { groups, isLimited: true };
    pools.push(searched(pool));
  }
  for (;;) {
    let best: SumGroup | undefined;
    for (const pool of pools) {
      if (pool.best !== undefined && (best === undefined || compareSumGroups(pool.best, best) < 0))
        best = pool.best;
    }
    if (best === undefined) return { groups, isLimited };
    groups.push(best);
    for (const member of [...best.internal, ...best.broker]) taken.add(member);
    const lost = (candidate: Candidate): boolean => taken.has(candidate);
    pools = pools.map((pool) => (pool.internal.some(lost) || pool.broker.some(lost) ? searched(pool) : pool));
    if (work > mostWork) return { groups, isLimited: true };
  }
}

/** The windows that hold two records of each side, but none that lies in another. */
function* windowsOf({ internal, broker, reach }: Block, taken: ReadonlySet<Candidate>) {
  const isOpen = (candidate: Candidate): boolean => !taken.has(candidate);
  const [ours, theirs] = [internal.filter(isOpen), broker.filter(isOpen)];
  const times = [...ours, ...theirs].map(({ record }) => record.tradeTime);
  const starts = [...new Set(times)].sort((left, right) => left - right);
  const [oursInside, theirsInside] = [slidingOver(ours, reach), slidingOver(theirs, reach)];
  let [oursEnd, theirsEnd] = [0, 0];
  for (const start of starts) {
    const [one, other] = [oursInside(start), theirsInside(start)];
    const isNew = one.end > oursEnd || other.end > theirsEnd;
    [oursEnd, theirsEnd] = [one.end, other.end];
    if (!isNew || one.end - one.from < 2 || other.end - other.from < 2) continue;
    yield { internal: ours.slice(one.from, one.end), broker: theirs.slice(other.from, other.end) };
  }
}

function slidingOver(ordered: readonly Candidate[], reach: number) {
  let [from, end] = [0, 0];
  const timeAt = (index: number): number => ordered[index]?.record.tradeTime ?? Number.POSITIVE_INFINITY;
  return (start: number): { readonly from: number; readonly end: number } => {
    while (timeAt(from) < start) from += 1;
    while (timeAt(end) <= start + reach) end += 1;
    return { from, end };
  };
}
