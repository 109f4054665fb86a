import { type Decimal, sumOfDecimals } from '../../kernel/decimal.js';
import { explainFees, explainPrice, explainQuantity } from '../matching/explanations.js';
import type { Limits } from '../matching/tolerances.js';
import type { TradeRecord } from '../trade-record.js';

type Records = readonly TradeRecord[];

/**
 * What the two sides of a match made by hand disagree in, taken together: nothing of it forbids the match, since the
 * person knows more than the records say, but all of it is on record.
 */
export function handDifferences(internal: Records, broker: Records, limits: Limits): readonly string[] {
  const [ours, theirs] = [totalsOf(internal), totalsOf(broker)];
  const texts = (['account', 'symbol', 'side', 'currency', 'tradeDate', 'settlementDate'] as const).flatMap(
    (field) => {
      const [left, right] = [valuesOf(internal, field), valuesOf(broker, field)];
      return left === right ? [] : [`${field} ${left} against ${right}`];
    },
  );
  if (ours.quantity !== theirs.quantity) texts.push(explainQuantity(ours.quantity, theirs.quantity, limits));
  if (ours.price !== theirs.price) texts.push(`weighted ${explainPrice(ours.price, theirs.price, limits)}`);
  if (ours.fees !== undefined && theirs.fees !== undefined && ours.fees !== theirs.fees)
    texts.push(explainFees(ours.fees, theirs.fees, limits));
  const apart = furthestApart(internal, broker);
  if (apart > 0) texts.push(`trade times up to ${apart / 1_000} s apart`);
  return texts;
}

function totalsOf(records: Records) {
  const quantity = sumOfDecimals(records.map((record) => record.quantity));
  const notional = records.reduce((sum, record) => sum + record.quantity * record.price, 0n);
  const fees = records.flatMap((record) => record.fees ?? []);
  return {
    quantity,
    // Rounded to the scale of a price, for reading.
    price: (quantity === 0n ? 0n : notional / quantity) as Decimal,
    fees: fees.length === records.length ? sumOfDecimals(fees) : undefined,
  };
}

function valuesOf(
  records: Records,
  field: 'account' | 'symbol' | 'side' | 'currency' | 'tradeDate' | 'settlementDate',
): string {
  return [...new Set(records.map((record) => record[field] ?? 'none'))].sort().join(', ');
}

function furthestApart(internal: Records, broker: Records): number {
  const timesOf = (records: Records): number[] => records.map(({ tradeTime }) => tradeTime);
  const [ours, theirs] = [timesOf(internal), timesOf(broker)];
  return Math.max(Math.max(...ours) - Math.min(...theirs), Math.max(...theirs) - Math.min(...ours));
}
