import { formatDecimal, sumOfDecimals } from '../../kernel/decimal.js';
import { type Candidate, type OpenCandidates, without } from './candidates.js';
import { blockKey } from './compared-fields.js';
import { type Yardstick } from './differences.js';
import { explainGroup } from './explanations.js';
import { compareGroups, type FillGroup, findFills, sumOfFees } from './fills-search.js';
import { type FoundMatch, matchOf } from './outcomes.js';
import { type HeldPair } from './shared-trade-id.js';
import { TimeIndex } from './window.js';

export interface GroupOutcome {
  readonly matches: readonly FoundMatch[];
  readonly held: readonly HeldPair[];
  readonly open: OpenCandidates;
}

/**
 * Step 3. Blocks of either side against fills of the other. Every block proposes its best group; the best proposals
 * that share no record are taken, and blocks that lost a fill propose again. A pair held by its trade id for its
 * quantity may be the beginning of a group, as fills often carry the id of their block, but a group does not part it.
 */
export function matchGroups(
  open: OpenCandidates,
  held: readonly HeldPair[],
  yardstick: Yardstick,
): GroupOutcome {
  const taken = new Set<Candidate>();
  const groups: FillGroup[] = [];
  let proposers = proposersOf(open, held, yardstick);
  while (proposers.length > 0) {
    const proposals = proposers.flatMap((proposer) => {
      const group = taken.has(proposer.block) ? undefined : proposer.propose(taken);
      return group === undefined ? [] : [{ proposer, group }];
    });
    proposals.sort((left, right) => compareGroups(left.group, right.group));
    proposers = [];
    for (const { proposer, group } of proposals) {
      const members = [group.block, ...group.fills];
      if (members.some((member) => taken.has(member))) {
        proposers.push(proposer);
        continue;
      }
      for (const member of members) taken.add(member);
      groups.push(group);
    }
  }
  const internal = new Set(open.internal);
  for (const pair of held) internal.add(pair.internal);
  return {
    matches: groups.map((group) => groupMatch(group, internal.has(group.block), yardstick)),
    held: held.filter((pair) => !taken.has(pair.internal)),
    open: without(open, taken),
  };
}

/** A record that may be a block. */
interface Proposer {
  readonly block: Candidate;
  readonly propose: (taken: ReadonlySet<Candidate>) => FillGroup | undefined;
}

function proposersOf(open: OpenCandidates, held: readonly HeldPair[], yardstick: Yardstick): Proposer[] {
  const internalFills = new TimeIndex(open.internal, blockKey, yardstick);
  const brokerFills = new TimeIndex(open.broker, blockKey, yardstick);
  const proposer = (block: Candidate, fills: TimeIndex, partner?: Candidate): Proposer => ({
    block,
    propose: (taken) => {
      const isPart = (fill: Candidate): boolean =>
        fill.record.quantity < block.record.quantity && !taken.has(fill);
      const free = [...fills.around(block.record)].filter(isPart);
      return findFills(block, partner === undefined ? free : [partner, ...free], partner, yardstick);
    },
  });
  return [
    ...open.internal.map((block) => proposer(block, brokerFills)),
    ...open.broker.map((block) => proposer(block, internalFills)),
    ...held
      .filter(({ field }) => field === 'quantity')
      .flatMap(({ internal, broker }) => [
        proposer(internal, brokerFills, broker),
        proposer(broker, internalFills, internal),
      ]),
  ];
}

function groupMatch(
  { block, fills, confidence }: FillGroup,
  isInternal: boolean,
  yardstick: Yardstick,
): FoundMatch {
  const blocks = [block.record];
  const parts = fills.map(({ record }) => record).sort((left, right) => left.tradeTime - right.tradeTime);
  const quantity = sumOfDecimals(parts.map((part) => part.quantity));
  const explanation =
    `${fills.length} fills of ${formatDecimal(quantity)} in all make a block of ` +
    `${formatDecimal(block.record.quantity)}; ${explainGroup(block.record, parts, sumOfFees(fills), yardstick)}`;
  return matchOf(
    ['group', 'fills-of-a-block'],
    isInternal ? blocks : parts,
    isInternal ? parts : blocks,
    confidence,
    explanation,
  );
}
