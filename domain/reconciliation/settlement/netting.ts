import {
  type Decimal,
  decimalOne,
  decimalZero,
  formatDecimal,
  maximumIntegerDigits,
  multiplyDecimals,
} from '../../kernel/decimal.js';
import { isRejected } from '../../kernel/errors.js';
import { regularSettlementDate, settlementDayFrom, windowOf, type SettlementCalendar } from './calendar.js';
import { leftOutReasons, type LeftOut, type LeftOutReason, type NetSettlement } from './events.js';
import type { MatchedTrade } from './matched-trades.js';
import { usEquities } from './us-equities.js';

export interface NettingResult {
  readonly settlements: readonly NetSettlement[];
  /** Every trade is in one settlement or left out for one reason. */
  readonly leftOut: readonly LeftOut[];
}

type NetKey = Pick<MatchedTrade, 'account' | 'counterparty' | 'symbol' | 'currency'> & {
  readonly settlementDate: string;
};

interface SettlementDate {
  readonly calendar: SettlementCalendar;
  readonly date: string;
}
type Settles = SettlementDate | { readonly reason: LeftOutReason };

interface Net {
  readonly key: NetKey;
  readonly calendar: SettlementCalendar;
  quantity: bigint;
  amount: bigint;
  trades: number;
}

const beyondDecimals = 10n ** BigInt(maximumIntegerDigits) * decimalOne;

/**
 * Nets matched trades per account, counterparty, symbol, currency and settlement date: purchases less sales. Fees are
 * left out: a broker's commission is billed, and no part of the delivery against payment. What comes out does not
 * depend on the order of the trades.
 */
export class Netting {
  private readonly nets = new Map<string, Net>();
  private readonly dates = new Map<string, Settles>();
  private readonly leftOut = new Map<LeftOutReason, number>();

  constructor(private readonly calendars: readonly SettlementCalendar[] = [usEquities]) {}

  add(trade: MatchedTrade): void {
    const settles = this.settles(trade);
    if ('reason' in settles) {
      this.leftOut.set(settles.reason, (this.leftOut.get(settles.reason) ?? 0) + 1);
      return;
    }
    const net = this.netOf(trade, settles);
    const sign = trade.side === 'buy' ? 1n : -1n;
    net.quantity += sign * trade.quantity;
    net.amount += sign * multiplyDecimals(trade.quantity, trade.price);
    net.trades += 1;
  }

  /** @param runId which the ids of the settlements begin with; they sort as the settlements do */
  result(runId: string): NettingResult {
    const settlements: NetSettlement[] = [];
    const leftOut = new Map(this.leftOut);
    for (const [, net] of [...this.nets].sort(([one], [other]) => (one < other ? -1 : 1))) {
      const reason = reasonToLeaveOut(net);
      if (reason) leftOut.set(reason, (leftOut.get(reason) ?? 0) + net.trades);
      else settlements.push(settlementOf(net, `${runId}.${String(settlements.length).padStart(8, '0')}`));
    }
    return {
      settlements,
      leftOut: leftOutReasons.flatMap((reason) => {
        const trades = leftOut.get(reason);
        return trades === undefined ? [] : [{ reason, trades }];
      }),
    };
  }

  /** A date on which nothing settles moves on to the next on which something does. */
  private settles({ currency, tradeDate, settlementDate }: MatchedTrade): Settles {
    const key = `${currency} ${tradeDate} ${settlementDate ?? ''}`;
    const known = this.dates.get(key);
    if (known) return known;
    const calendar = this.calendars.find((one) => one.currency === currency);
    const found: Settles = calendar
      ? orBeyond(() => ({
          calendar,
          date:
            settlementDate === undefined
              ? regularSettlementDate(calendar, tradeDate)
              : settlementDayFrom(calendar, settlementDate),
        }))
      : { reason: 'no-calendar' };
    this.dates.set(key, found);
    return found;
  }

  private netOf(
    { account, counterparty, symbol, currency }: MatchedTrade,
    { calendar, date: settlementDate }: SettlementDate,
  ): Net {
    // Identifiers hold no control characters, so that joined fields cannot be mistaken for others.
    const name = [account, counterparty ?? '', symbol, currency, settlementDate].join('\u001f');
    const found = this.nets.get(name);
    if (found) return found;
    const key = { account, counterparty, symbol, currency, settlementDate };
    const net: Net = { key, calendar, quantity: decimalZero, amount: decimalZero, trades: 0 };
    this.nets.set(name, net);
    return net;
  }
}

function reasonToLeaveOut({ quantity, amount }: Net): LeftOutReason | undefined {
  if (quantity === 0n && amount === 0n) return 'nets-to-nothing';
  const isTooLarge = [quantity, amount].some((value) => value >= beyondDecimals || value <= -beyondDecimals);
  return isTooLarge ? 'too-large' : undefined;
}

function settlementOf({ key, calendar, quantity, amount, trades }: Net, settlementId: string): NetSettlement {
  const { account, counterparty, symbol, currency, settlementDate } = key;
  return {
    settlementId,
    account,
    ...(counterparty !== undefined && { counterparty }),
    symbol,
    currency,
    settlementDate,
    netQuantity: formatDecimal(quantity as Decimal),
    netAmount: formatDecimal(amount as Decimal),
    trades,
    ...windowOf(calendar, settlementDate),
  };
}

function orBeyond(date: () => SettlementDate): Settles {
  try {
    return date();
  } catch (error) {
    if (isRejected(error) && error.code === 'reconciliation.beyond-calendar')
      return { reason: 'beyond-calendar' };
    throw error;
  }
}
