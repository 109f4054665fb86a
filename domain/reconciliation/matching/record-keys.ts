import { type TradeRecord } from '../trade-record.js';
import { sameTime } from './compared-fields.js';
import { hashBase, hashBigint, hashInteger, hashText } from './hashes.js';
import { type RecordKey } from './record-index.js';

/**
 * The keys of exact matches. `salt` is what no sender of a file can know, as the id of a run is: nobody can write a file
 * whose records all have one hash. It decides how fast they are found, and never what is found.
 */
export function recordKeys(resolution: number, salt: string) {
  const base = hashText(hashBase, salt);
  const tradeId: RecordKey = {
    hash: (record) => (record.tradeId === undefined ? undefined : hashText(base, record.tradeId)),
    isSame: (left, right) => left.tradeId === right.tradeId,
  };
  /** Account, symbol, side, quantity, price, currency, trade date and time. */
  const composite: RecordKey = {
    hash: ({ account, symbol, side, quantity, price, currency, tradeDate, tradeTime }) => {
      let hash = hashInteger(base, Math.floor(tradeTime / resolution));
      hash = hashBigint(hashBigint(hash, quantity), price);
      for (const text of [account, symbol, side, currency, tradeDate]) hash = hashText(hash, text);
      return hash;
    },
    isSame: (left, right) => isSameTrade(left, right, resolution),
  };
  return { tradeId, composite };
}

function isSameTrade(left: TradeRecord, right: TradeRecord, resolution: number): boolean {
  return (
    sameTime(left, right, resolution) &&
    left.quantity === right.quantity &&
    left.price === right.price &&
    left.account === right.account &&
    left.symbol === right.symbol &&
    left.side === right.side &&
    left.currency === right.currency &&
    left.tradeDate === right.tradeDate
  );
}
