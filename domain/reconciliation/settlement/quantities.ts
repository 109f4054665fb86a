import {
  absoluteDifference,
  type Decimal,
  decimalOf,
  decimalZero,
  formatDecimal,
  parseDecimal,
  proportionOf,
} from '../../kernel/decimal.js';
import { Rejected } from '../../kernel/errors.js';
import type { ToleranceAmount } from '../command-rules.js';
import type { NetSettlement, SettlementPart } from './events.js';

/** Securities and the money against them: the quantity without a sign, the amount with the settlement's. */
export interface Quantities {
  readonly quantity: Decimal;
  readonly amount: Decimal;
}

export const nothing: Quantities = { quantity: decimalZero, amount: decimalZero };

export function isNothing({ quantity, amount }: Quantities): boolean {
  return quantity === 0n && amount === 0n;
}

export function sum(left: Quantities, right: Quantities): Quantities {
  return {
    quantity: (left.quantity + right.quantity) as Decimal,
    amount: (left.amount + right.amount) as Decimal,
  };
}

export function difference(left: Quantities, right: Quantities): Quantities {
  return {
    quantity: (left.quantity - right.quantity) as Decimal,
    amount: (left.amount - right.amount) as Decimal,
  };
}

export function netOf({ netQuantity, netAmount }: NetSettlement): Quantities {
  const quantity = decimalOf(netQuantity);
  return { quantity: absoluteDifference(quantity, decimalZero), amount: decimalOf(netAmount) };
}

export function partText({ quantity, amount }: Quantities): SettlementPart {
  return { quantity: formatDecimal(quantity), amount: formatDecimal(amount) };
}

export function partOf({ quantity, amount }: SettlementPart): Quantities {
  return { quantity: decimalOf(quantity), amount: decimalOf(amount) };
}

/**
 * A further quantity of a net settlement and its share of the money. Shares are of the running total, so that the
 * shares of all parts add up to the net amount, however it was divided. Of money alone there is only the whole.
 *
 * @param taken what was taken before
 */
export function furtherPart(net: Quantities, taken: Quantities, quantity: Decimal): Quantities {
  if (net.quantity === 0n) return difference(net, taken);
  const total = (taken.quantity + quantity) as Decimal;
  const amount = proportionOf(net.amount, total, net.quantity);
  return { quantity, amount: (amount - taken.amount) as Decimal };
}

/**
 * The quantity that a person affirms.
 *
 * @param net of the settlement: of money alone, 0 is the whole
 * @throws Rejected `reconciliation.bad-quantity`
 */
export function affirmedQuantity(text: ToleranceAmount, net: Quantities): Decimal {
  const quantity = parseDecimal(String(text));
  if (typeof quantity !== 'bigint') throw badQuantity(text, quantity.reason);
  if (quantity < 0n) throw badQuantity(text, 'is less than zero');
  if (quantity === 0n && net.quantity > 0n) throw badQuantity(text, 'is not greater than zero');
  return quantity;
}

function badQuantity(text: ToleranceAmount, reason: string): Rejected {
  return new Rejected('reconciliation.bad-quantity', `the quantity "${text}" ${reason}`, {
    problems: [{ field: 'quantity', reason }],
  });
}
