import { decimalOf } from '../../domain/kernel/decimal.js';
import type { Census, CountedEvent } from './census.js';
import { listOf, objectOf, textOf } from './effects.js';
import type { Violations } from './violations.js';

const onlyOnce = ['SettlementOpened', 'SettlementInstructed', 'SettlementFailed'];

/** Of every settlement, what settled, what failed and what is open add up to what was netted, after each event. */
export function checkSettlements(census: Census, violations: Violations): void {
  const netted = new Map<string, number>();
  for (const [, events] of census.category('run'))
    for (const { data } of events.filter(({ type }) => type === 'SettlementsNetted'))
      for (const { settlementId } of listOf(data['settlements'])) {
        const id = textOf(settlementId);
        netted.set(id, (netted.get(id) ?? 0) + 1);
      }
  for (const [id, times] of netted)
    if (times > 1) violations.add('doubled', `the settlement ${id} was netted ${times} times`);
  for (const [stream, events] of census.category('settlement')) checkOne(stream, events, violations);
}

function checkOne(stream: string, events: readonly CountedEvent[], violations: Violations): void {
  const complain = (words: string): void => violations.add('saga', `${stream}: ${words}`);
  for (const type of onlyOnce)
    if (events.filter((event) => event.type === type).length > 1) complain(`${type} is there more than once`);
  const [first] = events;
  if (first?.type !== 'SettlementOpened') {
    complain('it does not begin with its opening');
    return;
  }
  const net = part({ quantity: first.data['netQuantity'], amount: first.data['netAmount'] });
  if (net.quantity < 0n) net.quantity = -net.quantity;
  const left = { ...net };
  let affirmed = 0n;
  for (const { type, data } of events) {
    const { quantity, amount } = part(data);
    if (type === 'SettlementAffirmed') affirmed += quantity;
    if (type !== 'SettlementSettled' && type !== 'SettlementFailed') continue;
    left.quantity -= quantity;
    left.amount -= amount;
    const open = type === 'SettlementSettled' ? part(objectOf(data['open'])) : { quantity: 0n, amount: 0n };
    if (open.quantity !== left.quantity || open.amount !== left.amount)
      complain(`what settled, failed and is open does not add up to the net at ${type}`);
    if (type === 'SettlementSettled' && net.quantity - left.quantity > affirmed)
      complain('more settled than was affirmed');
  }
  if (affirmed > net.quantity) complain('more was affirmed than netted');
}

function part(data: { readonly quantity?: unknown; readonly amount?: unknown }): {
  quantity: bigint;
  amount: bigint;
} {
  const read = (value: unknown): bigint => (typeof value === 'string' ? decimalOf(value) : 0n);
  return { quantity: read(data.quantity), amount: read(data.amount) };
}
