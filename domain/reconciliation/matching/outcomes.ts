import { type Decimal, formatDecimal, multiplyDecimals } from '../../kernel/decimal.js';
import { recordReference, type TradeRecord } from '../trade-record.js';
import { resolutionText } from './cross-reference.js';
import { million } from './differences.js';
import {
  type Break,
  type BreakType,
  type Match,
  type MatchedRecords,
  type MatchStrategy,
  type MatchType,
} from './result.js';

type Records = readonly TradeRecord[];

export function breakOf(type: BreakType, internal: Records, broker: Records, explanation: string): Break {
  const records = [...internal, ...broker];
  let largest = 0n as Decimal;
  for (const { quantity, price } of records) {
    const notional = multiplyDecimals(quantity, price);
    if (notional > largest) largest = notional;
  }
  return {
    type,
    internal: internal.map(recordReference),
    broker: broker.map(recordReference),
    explanation: `${explanation}${resolutionText(records)}`,
    notional: formatDecimal(largest),
    currency: records[0]?.currency ?? '',
  };
}

/** A match, and the records themselves: two of a side may share a name. */
export interface FoundMatch {
  readonly match: Match;
  readonly records: MatchedRecords;
}

/** `confidence` in millionths. */
export function matchOf(
  [type, strategy]: readonly [MatchType, MatchStrategy],
  internal: Records,
  broker: Records,
  confidence: number,
  explanation: string,
): FoundMatch {
  const match = {
    type,
    internal: internal.map(recordReference),
    broker: broker.map(recordReference),
    confidence: confidence / million,
    strategy,
    explanation: `${explanation}${resolutionText([...internal, ...broker])}`,
  };
  return { match, records: { internal, broker } };
}
