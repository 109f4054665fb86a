import { type Candidate } from './candidates.js';
import { compareGroups, type FillGroup, type FillSearch, findFills } from './fills-search.js';
import { type HeldPair } from './shared-trade-id.js';
import { around, type Block } from './window.js';
import { type Yardsticks } from './yardsticks.js';

/** A record that may be a block of fills. */
interface Proposer {
  readonly block: Candidate;
  readonly propose: (taken: ReadonlySet<Candidate>) => FillSearch;
}

interface Proposal {
  readonly proposer: Proposer;
  readonly group: FillGroup;
}

export interface FillsOfBlocks {
  readonly groups: readonly FillGroup[];
  /** Whether a search ended early without a group. */
  readonly isLimited: boolean;
}

/** Proposals made anew after a fill was lost, for each record that may be a block. */
const mostProposalsOfRecord = 16;

/**
 * Blocks of either side against fills of the other. Every record proposes its best group; the best proposal is taken,
 * and who lost a fill to it proposes again.
 *
 * @param taken gets the records of the groups
 */
export function fillsOfBlocks(
  block: Block,
  held: readonly HeldPair[],
  yardsticks: Yardsticks,
  mostSteps: number,
  taken: Set<Candidate>,
): FillsOfBlocks {
  const groups: FillGroup[] = [];
  const limited = new Set<Candidate>();
  const proposers = proposersOf(block, held, yardsticks, mostSteps);
  // The best stands last.
  const waiting: Proposal[] = [];
  const propose = (proposer: Proposer): void => {
    const { group, complete } = proposer.propose(taken);
    if (!complete) limited.add(proposer.block);
    if (group === undefined) return;
    waiting.splice(placeOf(group, waiting), 0, { proposer, group });
  };
  for (const proposer of proposers) propose(proposer);
  let left = mostProposalsOfRecord * proposers.length;
  for (let best = waiting.pop(); best !== undefined; best = waiting.pop()) {
    const { proposer, group } = best;
    const members = [group.block, ...group.fills];
    if (members.every((member) => !taken.has(member))) {
      for (const member of members) taken.add(member);
      groups.push(group);
      continue;
    }
    if (taken.has(proposer.block)) continue;
    left -= 1;
    if (left < 0) limited.add(proposer.block);
    else propose(proposer);
  }
  return { groups, isLimited: [...limited].some((candidate) => !taken.has(candidate)) };
}

/** Behind all that are no better, so that of equally good ones the newest is looked at first: it has lost no fill. */
function placeOf(group: FillGroup, waiting: readonly Proposal[]): number {
  let low = 0;
  let high = waiting.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = waiting[middle];
    if (other !== undefined && compareGroups(group, other.group) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function proposersOf(
  { internal, broker, reach }: Block,
  held: readonly HeldPair[],
  yardsticks: Yardsticks,
  mostSteps: number,
): Proposer[] {
  const proposer = (block: Candidate, fills: readonly Candidate[], partner?: Candidate): Proposer => ({
    block,
    propose: (taken) => {
      if (partner !== undefined && taken.has(partner)) return { group: undefined, complete: true };
      const isPart = (fill: Candidate): boolean =>
        fill.record.quantity < block.record.quantity && !taken.has(fill);
      const free = [...around(block.record, fills, reach)].filter(isPart);
      const parts = partner === undefined ? free : [partner, ...free];
      return parts.length < 2
        ? { group: undefined, complete: true }
        : findFills(block, parts, partner, yardsticks, mostSteps);
    },
  });
  return [
    ...internal.map((block) => proposer(block, broker)),
    ...broker.map((block) => proposer(block, internal)),
    ...held.flatMap((pair) => [
      proposer(pair.internal, broker, pair.broker),
      proposer(pair.broker, internal, pair.internal),
    ]),
  ];
}
