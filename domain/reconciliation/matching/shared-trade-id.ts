import { bestPairs, type PossiblePair } from './best-pairs.js';
import { type Candidate, type OpenCandidates, without } from './candidates.js';
import { type ComparedField, instrumentKey } from './compared-fields.js';
import { confidenceOf, differencesOf, disagreements, million, type Yardstick } from './differences.js';
import { explainAgreement } from './explanations.js';
import { type FoundMatch, matchOf } from './outcomes.js';
import { usedTolerance, type Yardsticks } from './yardsticks.js';

/** A pair by shared trade id that disagrees in one field: it waits for step 4, and no step between parts it. */
export interface HeldPair {
  readonly internal: Candidate;
  readonly broker: Candidate;
  readonly field: ComparedField;
}

export interface SharedIdOutcome {
  readonly matches: readonly FoundMatch[];
  readonly held: readonly HeldPair[];
  readonly open: OpenCandidates;
}

/** An id that more records of one side carry than this tells nothing: somebody fills the column with a constant. */
const mostRecordsOfAnId = 64;

interface IdPair extends PossiblePair {
  readonly fields: readonly ComparedField[];
  readonly yardstick: Yardstick;
}

/**
 * Step 1, the rest of it. A shared trade id with every disagreement within tolerance is a match; with one field beyond
 * it the pair is held. With another account or symbol, or more fields beyond tolerance, the id was given twice by
 * chance, and both records stay candidates like any other.
 */
export function matchSharedTradeIds(open: OpenCandidates, yardsticks: Yardsticks): SharedIdOutcome {
  const pairs = pairsOfSharedIds(open, yardsticks);
  const agreeing = bestPairs(pairs.filter(({ fields }) => fields.length === 0));
  const taken = new Set(agreeing.flatMap(({ internal, broker }) => [internal, broker]));
  const differing = bestPairs(
    pairs.filter(
      ({ internal, broker, fields }) => fields.length === 1 && !taken.has(internal) && !taken.has(broker),
    ),
  );
  const held = differing.flatMap(({ internal, broker, fields }) =>
    fields.map((field): HeldPair => ({ internal, broker, field })),
  );
  for (const { internal, broker } of held) taken.add(internal).add(broker);
  const matches = agreeing.map(({ internal, broker, cost, yardstick }) =>
    matchOf(
      ['tolerance', 'trade-id-within-tolerance'],
      [internal.record],
      [broker.record],
      // The id says what the distances cannot: they count half.
      million - Math.ceil(cost / 2),
      `the trade id is shared; ${explainAgreement(internal.record, broker.record, yardstick)}${usedTolerance(yardstick)}`,
    ),
  );
  return { matches, held, open: without(open, taken) };
}

function pairsOfSharedIds({ internal, broker }: OpenCandidates, yardsticks: Yardsticks): IdPair[] {
  const brokerById = byTradeId(broker);
  const pairs: IdPair[] = [];
  for (const [tradeId, lefts] of byTradeId(internal)) {
    const rights = brokerById.get(tradeId) ?? [];
    if (lefts.length > mostRecordsOfAnId || rights.length > mostRecordsOfAnId) continue;
    for (const left of lefts) {
      for (const right of rights) {
        if (instrumentKey(left.record) !== instrumentKey(right.record)) continue;
        const yardstick = yardsticks.of([left], [right]);
        const differences = differencesOf(left.record, right.record, yardstick);
        const fields = disagreements(differences);
        const cost = million - confidenceOf(differences);
        if (fields.length < 2) pairs.push({ internal: left, broker: right, cost, fields, yardstick });
      }
    }
  }
  return pairs;
}

function byTradeId(candidates: readonly Candidate[]): Map<string, Candidate[]> {
  const byId = new Map<string, Candidate[]>();
  for (const candidate of candidates) {
    const { tradeId } = candidate.record;
    if (tradeId === undefined) continue;
    const known = byId.get(tradeId);
    if (known === undefined) byId.set(tradeId, [candidate]);
    else known.push(candidate);
  }
  return byId;
}
