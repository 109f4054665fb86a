import { type Decimal, formatDecimal } from '../../kernel/decimal.js';
import { type Candidate } from './candidates.js';
import { type Sums, type Yardstick } from './differences.js';
import { explainFees, explainPrice, explainQuantity, secondsText } from './explanations.js';
import { sumOfFees, sumsOf } from './group-differences.js';

type Members = readonly Candidate[];

/** Fills are listed one by one up to this number. */
const mostListed = 12;

/** How far the fills, taken together, are from their block. */
export function explainFills(block: Candidate, fills: Members, yardstick: Yardstick): string {
  const { quantity } = sumsOf(fills);
  const sums =
    `${fills.length} fills of ${formatDecimal(quantity)} in all make a block of ` +
    formatDecimal(block.record.quantity);
  return [sums, ...explainTogether([block], fills, yardstick)].join('; ');
}

/** What each side adds up to, record by record, and how far the sums are apart: the internal side stands first. */
export function explainSums(internal: Members, broker: Members, yardstick: Yardstick): string {
  const [ours, theirs] = [sumsOf(internal), sumsOf(broker)];
  return [
    `internal ${listed(internal)} = ${formatDecimal(ours.quantity)} against ` +
      `broker ${listed(broker)} = ${formatDecimal(theirs.quantity)}`,
    explainQuantity(ours.quantity, theirs.quantity, yardstick.limits),
    ...explainTogether(internal, broker, yardstick),
  ].join('; ');
}

function listed(members: Members): string {
  const shown = members
    .slice(0, mostListed)
    .map(({ record }) => `${formatDecimal(record.quantity)} at ${formatDecimal(record.price)}`);
  const more = members.length - shown.length;
  return `${shown.join(' + ')}${more > 0 ? ` + ${more} more` : ''}`;
}

function explainTogether(left: Members, right: Members, { limits }: Yardstick): string[] {
  const [ours, theirs] = [weightedPrice(sumsOf(left)), weightedPrice(sumsOf(right))];
  const furthest = furthestApart(left, right);
  const parts = [
    `weighted ${explainPrice(ours, theirs, limits)}`,
    `trade times up to ${secondsText(furthest)} s apart, ${secondsText(limits.milliseconds)} allowed`,
  ];
  const [ourFees, theirFees] = [sumOfFees(left), sumOfFees(right)];
  if (ourFees !== undefined && theirFees !== undefined) parts.push(explainFees(ourFees, theirFees, limits));
  return parts;
}

/** Rounded to the scale of a price for reading; it was judged unrounded. Of fills of nothing it is zero. */
function weightedPrice({ quantity, notional }: Sums): Decimal {
  return (quantity === 0n ? 0n : notional / quantity) as Decimal;
}

function furthestApart(left: Members, right: Members): number {
  const timesOf = (members: Members): number[] => members.map(({ record }) => record.tradeTime);
  const [ours, theirs] = [timesOf(left), timesOf(right)];
  return Math.max(Math.max(...ours) - Math.min(...theirs), Math.max(...theirs) - Math.min(...ours));
}
