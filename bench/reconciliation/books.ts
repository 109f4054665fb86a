import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { join } from 'node:path';

/** Two files of the same trades, as both sides would send them, and what a comparison must come to. */
export interface Books {
  readonly rows: number;
  readonly internal: string;
  readonly broker: string;
  readonly expected: {
    readonly internal: number;
    readonly broker: number;
    readonly exact: number;
    readonly tolerance: number;
    readonly price: number;
    readonly missingAtBroker: number;
  };
}

export const tradeDate = '2024-06-12';
/** What the near matches need: a price a half basis point off, and half a second. */
export const tolerances = { priceBps: 1, seconds: 1 };

const header =
  'trade_id,account,symbol,side,quantity,price,currency,trade_time,settlement_date,counterparty,fees\n';
const firstTime = Date.UTC(2024, 5, 12, 4);
/** The trades of a day of 16 hours. */
const dayMs = 16 * 3_600_000;
const pieceLength = 1 << 20;

type Kind = 'exact' | 'near' | 'price' | 'missing';

const countedAs = { exact: 'exact', near: 'tolerance', price: 'price', missing: 'missingAtBroker' } as const;

/** Of 400 trades 4 are near matches, 1 differs in its price, and 1 is missing at the broker. */
function kindOf(index: number): Kind {
  const place = index % 400;
  if (place === 399) return 'missing';
  if (place === 199) return 'price';
  return place % 100 === 50 ? 'near' : 'exact';
}

/**
 * Writes both files. The sides share no trade ids: every match is found by what was traded. @param rows of the
 * internal side, a multiple of 400
 */
export async function writeBooks(directory: string, rows: number): Promise<Books> {
  const internal = join(directory, `internal-${rows}.csv`);
  const broker = join(directory, `broker-${rows}.csv`);
  const sides = [createWriteStream(internal), createWriteStream(broker)] as const;
  const pieces: [string, string] = [header, header];
  const expected = { internal: rows, broker: 0, exact: 0, tolerance: 0, price: 0, missingAtBroker: 0 };
  for (let index = 0; index < rows; index++) {
    const kind = kindOf(index);
    const traded = tradeAt(index, rows);
    pieces[0] += lineOf(`I${index}`, traded);
    expected[countedAs[kind]]++;
    if (kind !== 'missing') {
      pieces[1] += lineOf(`B${index}`, asTheBrokerSaw(kind, traded));
      expected.broker++;
    }
    if (pieces[0].length > pieceLength) {
      await Promise.all([written(sides[0], pieces[0]), written(sides[1], pieces[1])]);
      pieces.fill('');
    }
  }
  await Promise.all(
    sides.map(async (file, side) => {
      file.end(pieces[side]);
      await once(file, 'close');
    }),
  );
  return { rows, internal, broker, expected };
}

interface Traded {
  readonly what: string;
  /** In ten-thousandths. */
  readonly price: number;
  readonly time: number;
}

function tradeAt(index: number, rows: number): Traded {
  // A stride that is prime to the rows: neighbours in the file are not neighbours in time, as in real files.
  const moment = (index * 7919) % rows;
  return {
    what: `FUND-${index % 50},SYM${index % 997},${index % 2 === 0 ? 'buy' : 'sell'},${1 + (index % 9973)}`,
    price: 1_000_000 + (index % 89_989) * 20,
    time: firstTime + Math.floor((moment * dayMs) / rows),
  };
}

function asTheBrokerSaw(kind: Kind, { what, price, time }: Traded): Traded {
  if (kind === 'near') return { what, price: price + Math.floor(price / 20_000), time: time + 500 };
  if (kind === 'price') return { what, price: price + Math.floor(price / 20), time };
  return { what, price, time };
}

function lineOf(id: string, { what, price, time }: Traded): string {
  const decimal = `${Math.floor(price / 10_000)}.${String(price % 10_000).padStart(4, '0')}`;
  return `${id},${what},${decimal},USD,${new Date(time).toISOString()},2024-06-13,CITI,1.25\n`;
}

async function written(file: WriteStream, piece: string): Promise<void> {
  if (!file.write(piece)) await once(file, 'drain');
}
