import type { AnyEvent, Recorded } from '../../domain/kernel/event.js';
import type { AnyProjection } from '../../projections/kernel/projection.js';
import { projections, statements } from './read-models.js';

const amountOf = ({ data }: Recorded<AnyEvent>): number =>
  'amount' in data && typeof data.amount === 'number' ? data.amount : 0;

/** Deposits that the older code cannot apply. */
const isTooMuch = (event: Recorded<AnyEvent>): boolean =>
  event.type === 'Deposited' && amountOf(event) % 3 === 1;

/** Orders of which the older code cannot tell whom they concern. */
export const isNobodys = (event: Recorded<AnyEvent>): boolean =>
  event.type === 'OrderPlaced' && amountOf(event) % 3 === 2;

const all: AnyProjection = statements;

/** The read models as they were before they were mended: some events cannot be applied, of some the documents cannot be told. */
export const olderProjections: readonly AnyProjection[] = projections.map((projection) =>
  projection === all ? { ...all, key: olderKey, on: { ...all.on, Deposited: olderDeposited } } : projection,
);

function olderKey(event: Recorded<AnyEvent>): string | readonly string[] {
  if (isNobodys(event)) throw new RangeError('an order of an unknown kind');
  return all.key(event);
}

function olderDeposited(before: object | undefined, event: Recorded<AnyEvent>, id: string) {
  if (isTooMuch(event)) throw new RangeError('a deposit of an unknown kind');
  return all.on['Deposited']?.(before, event, id);
}
