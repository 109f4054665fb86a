import { type Decimal, sumOfDecimals } from '../../kernel/decimal.js';
import { type Candidate } from './candidates.js';
import { sameTime } from './compared-fields.js';
import {
  type Differences,
  feesDifference,
  quantityDifference,
  settlementDifference,
  share,
  type Sums,
  weightedPriceDifference,
  type Yardstick,
} from './differences.js';

type Members = readonly Candidate[];

export function sumsOf(members: Members): Sums {
  let [quantity, notional] = [0n, 0n];
  for (const { record } of members) {
    quantity += record.quantity;
    notional += record.quantity * record.price;
  }
  return { quantity: quantity as Decimal, notional };
}

/** Fees add up only if every record has sent them. */
export function sumOfFees(members: Members): Decimal | undefined {
  const fees = members.flatMap(({ record }) => record.fees ?? []);
  return fees.length === members.length ? sumOfDecimals(fees) : undefined;
}

/**
 * Two sets of records as if each were one: their sums, their weighted prices, and the furthest of their dates and
 * times. What a group shares exactly is taken for granted.
 */
export function groupDifferences(left: Members, right: Members, yardstick: Yardstick): Differences {
  const { limits, resolution } = yardstick;
  let time = 0;
  let settlementDate = 0;
  for (const { record } of left) {
    for (const { record: other } of right) {
      if (!sameTime(record, other, resolution)) {
        const apart = BigInt(Math.abs(record.tradeTime - other.tradeTime));
        time = Math.max(time, share(apart, BigInt(limits.milliseconds)));
      }
      const dates = settlementDifference(record.settlementDate, other.settlementDate, limits);
      settlementDate = Math.max(settlementDate, dates);
    }
  }
  const [leftSums, rightSums] = [sumsOf(left), sumsOf(right)];
  return {
    side: 0,
    currency: 0,
    tradeDate: 0,
    quantity: quantityDifference(leftSums.quantity, rightSums.quantity, limits),
    price: weightedPriceDifference(leftSums, rightSums, limits),
    settlementDate,
    fees: feesDifference(sumOfFees(left), sumOfFees(right), limits),
    time,
  };
}
