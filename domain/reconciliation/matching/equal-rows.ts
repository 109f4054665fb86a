import { type TradeRecord } from '../trade-record.js';
import { bestPairs } from './best-pairs.js';
import { candidatesOf } from './candidates.js';
import { agree, comparedText } from './compared-fields.js';

export type RecordPair = readonly [internal: TradeRecord, broker: TradeRecord];

/** Above this many combinations, rows that agree only because a field was not sent are left to the later steps. */
const mostCombinations = 250_000;

/** Pairs records that share a key, so that no compared field of a pair is in disagreement, and as many as can be. */
export function pairEqualRecords(
  internal: readonly TradeRecord[],
  broker: readonly TradeRecord[],
  resolution: number,
): RecordPair[] {
  const [left, right] = [internal[0], broker[0]];
  if (left === undefined || right === undefined) return [];
  if (internal.length === 1 && broker.length === 1)
    return agree(left, right, resolution) ? [[left, right]] : [];
  const pairs: RecordPair[] = [];
  const internalRest = new Set(internal);
  const brokerRest = new Set(broker);
  const brokerByText = inCanonicalOrder(broker, resolution);
  for (const [text, records] of inCanonicalOrder(internal, resolution)) {
    const partners = brokerByText.get(text) ?? [];
    for (const [index, record] of records.entries()) {
      const partner = partners[index];
      if (partner === undefined) break;
      pairs.push([record, partner]);
      internalRest.delete(record);
      brokerRest.delete(partner);
    }
  }
  return [...pairs, ...pairAgreeing([...internalRest], [...brokerRest], resolution)];
}

/** Records of equal text are interchangeable, and pair up in an order that no order of rows decides. */
function inCanonicalOrder(records: readonly TradeRecord[], resolution: number): Map<string, TradeRecord[]> {
  const byText = new Map<string, TradeRecord[]>();
  for (const { record } of candidatesOf(records)) {
    const text = comparedText(record, resolution);
    const equal = byText.get(text);
    if (equal === undefined) byText.set(text, [record]);
    else equal.push(record);
  }
  return byText;
}

function pairAgreeing(
  internal: readonly TradeRecord[],
  broker: readonly TradeRecord[],
  resolution: number,
): RecordPair[] {
  if (internal.length * broker.length > mostCombinations) return [];
  const brokerCandidates = candidatesOf(broker);
  const possible = candidatesOf(internal).flatMap((left) =>
    brokerCandidates
      .filter((right) => agree(left.record, right.record, resolution))
      .map((right) => ({ internal: left, broker: right, cost: 0 })),
  );
  return bestPairs(possible).map((pair) => [pair.internal.record, pair.broker.record]);
}
