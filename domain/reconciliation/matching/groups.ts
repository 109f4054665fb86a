import { allocationsOf } from './allocations.js';
import { type Candidate, type OpenCandidates, without } from './candidates.js';
import { blockKey } from './compared-fields.js';
import { type SumGroup } from './equal-sums.js';
import { explainFills, explainSums } from './group-explanations.js';
import { fillsOfBlocks } from './fills-of-blocks.js';
import { type FillGroup } from './fills-search.js';
import { type FoundMatch, matchOf } from './outcomes.js';
import { type SearchLimits, workLimits } from './search-limits.js';
import { type HeldPair } from './shared-trade-id.js';
import { blocksOf, compareTimes } from './window.js';
import { usedTolerance, type Yardsticks } from './yardsticks.js';

export interface GroupOutcome {
  readonly matches: readonly FoundMatch[];
  readonly held: readonly HeldPair[];
  readonly open: OpenCandidates;
}

/**
 * Step 3. First one record of either side against several of the other, then several against several. A pair held by
 * its trade id for its quantity may be the beginning of a group, as fills often carry the id of their block, but a
 * group does not part it.
 */
export function matchGroups(
  open: OpenCandidates,
  held: readonly HeldPair[],
  yardsticks: Yardsticks,
  limits: SearchLimits,
): GroupOutcome {
  const taken = new Set<Candidate>();
  const internal = new Set([...open.internal, ...held.map((pair) => pair.internal)]);
  const heldByBlock = new Map<string, HeldPair[]>();
  for (const pair of held) {
    if (pair.field !== 'quantity') continue;
    const key = blockKey(pair.internal.record);
    const pairs = heldByBlock.get(key);
    if (pairs === undefined) heldByBlock.set(key, [pair]);
    else pairs.push(pair);
  }
  const mostSteps = stepsOfRecord(open, held);
  const matches: FoundMatch[] = [];
  for (const block of blocksOf(open, blockKey, yardsticks.reach, 'group', limits, heldByBlock.keys())) {
    const [first] = [...block.internal, ...block.broker];
    const heldPairs = first === undefined ? [] : (heldByBlock.get(blockKey(first.record)) ?? []);
    const fills = fillsOfBlocks(block, heldPairs, yardsticks, mostSteps, taken);
    const mostWork = mostSteps * (block.internal.length + block.broker.length);
    const sums = allocationsOf(block, yardsticks, mostWork, taken);
    matches.push(
      ...fills.groups.map((group) => fillsMatch(group, internal.has(group.block), yardsticks)),
      ...sums.groups.map((group) => sumsMatch(group, yardsticks)),
    );
    if (fills.isLimited || sums.isLimited)
      limits.add('group', block.internal, block.broker, 'given up at its limit of work');
  }
  return {
    matches,
    held: held.filter((pair) => !taken.has(pair.internal)),
    open: without(open, taken),
  };
}

function stepsOfRecord({ internal, broker }: OpenCandidates, held: readonly HeldPair[]): number {
  const { groupSteps, mostStepsOfRecord, leastStepsOfRecord } = workLimits;
  const records = internal.length + broker.length + 2 * held.length;
  return Math.min(mostStepsOfRecord, Math.max(leastStepsOfRecord, Math.floor(groupSteps / records)));
}

function fillsMatch(group: FillGroup, isInternal: boolean, yardsticks: Yardsticks): FoundMatch {
  const blocks = [group.block.record];
  const parts = group.fills.toSorted(compareTimes);
  const records = parts.map(({ record }) => record);
  const yardstick = yardsticks.of([group.block], parts);
  return matchOf(
    ['group', 'fills-of-a-block'],
    isInternal ? blocks : records,
    isInternal ? records : blocks,
    group.confidence,
    `${explainFills(group.block, parts, yardstick)}${usedTolerance(yardstick)}`,
  );
}

function sumsMatch(group: SumGroup, yardsticks: Yardsticks): FoundMatch {
  const yardstick = yardsticks.of(group.internal, group.broker);
  return matchOf(
    ['group', 'equal-sums'],
    group.internal.map(({ record }) => record),
    group.broker.map(({ record }) => record),
    group.confidence,
    `${explainSums(group.internal, group.broker, yardstick)}${usedTolerance(yardstick)}`,
  );
}
