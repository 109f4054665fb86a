import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../apps/config/compiled.js';
import { daysBefore } from '../../domain/reconciliation/carry-forward/terms.js';
import { isJsonObject, type JsonObject } from '../../domain/kernel/json.js';
import type { SeededRandom } from '../../infra/embedded/crash/random.js';
import type { ExpectedRun } from '../oracle/run-check.js';

/** The trades of one day as both sides wrote them down; a few of each side the other one does not have. */
export interface BookPair {
  readonly tradeDate: string;
  readonly internal: string;
  readonly broker: string;
  readonly expected: ExpectedRun;
}

interface Trade {
  readonly internal: string;
  readonly broker: string;
  readonly symbol: string;
}

/** Which side has them. */
interface Day {
  readonly date: string;
  readonly both: readonly Trade[];
  readonly ours: readonly Trade[];
  readonly theirs: readonly Trade[];
}

const folder = join(projectRoot(), 'test', 'data', 'sample');
const sampleDays = { traded: '2024-06-12', settled: '2024-06-13' } as const;
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');

/** Small pairs of books, drawn from the trades of the sample on which both sides agree under one id. */
export class Books {
  readonly brokerProfile: JsonObject;
  private readonly headers: { readonly internal: string; readonly broker: string };
  private readonly trades: readonly Trade[];

  constructor() {
    const truth = objectIn('truth.json');
    this.brokerProfile = objectIn('profile.json');
    const disputed = new Set(Object.values(isJsonObject(truth['ids']) ? truth['ids'] : {}).flat());
    const [internalHeader = '', ...internal] = linesOf('internal.csv');
    const [brokerHeader = '', ...broker] = linesOf('broker.csv');
    this.headers = { internal: internalHeader, broker: brokerHeader };
    const theirs = new Map(broker.map((row) => [row.slice(0, row.indexOf(';')), row] as const));
    this.trades = internal.flatMap((row) => {
      const [id = '', , symbol = ''] = row.split(',');
      const other = theirs.get(id);
      return other === undefined || disputed.has(id) ? [] : [{ internal: row, broker: other, symbol }];
    });
  }

  /** Of the day of the sample. */
  draw(random: SeededRandom): BookPair {
    return this.written(this.drawDay(sampleDays.traded, [], random));
  }

  /** A day on which each side lacks something, and the next, whose files bring most of it. @param date of the first */
  drawTwoDays(date: string, random: SeededRandom): readonly [BookPair, BookPair] {
    const first = this.drawDay(date, [], random);
    const { both, ours, theirs } = first;
    const second = this.drawDay(dayAfter(date), [...both, ...ours, ...theirs], random);
    const late = { ours: ours.slice(random.integer(0, 1)), theirs: theirs.slice(random.integer(0, 1)) };
    return [this.written(first), this.written(second, { date, both: [], ...late })];
  }

  /** Each side lacks something, unless it happens that there is no such trade. */
  private drawDay(date: string, without: readonly Trade[], random: SeededRandom): Day {
    const left = this.trades.filter((trade) => !without.includes(trade));
    const drawn = Array.from({ length: random.integer(10, 22) }, () =>
      left.splice(random.integer(0, left.length - 1), 1),
    ).flat();
    const ours = drawn.splice(0, random.integer(1, 3));
    // Of another instrument, so that nothing can be taken for the same trade with a difference.
    const theirs = drawn
      .filter(({ symbol }) => ours.every((trade) => trade.symbol !== symbol))
      .slice(0, random.integer(1, 3));
    return { date, both: drawn.filter((trade) => !theirs.includes(trade)), ours, theirs };
  }

  /** @param late what each side had alone on an earlier day, and the other brings now */
  private written({ date, both, ours, theirs }: Day, late?: Day): BookPair {
    const { ours: oursBefore, theirs: theirsBefore, date: before } = { ours: [], theirs: [], date, ...late };
    const internal = [
      ...[...both, ...ours].map((trade) => internalOn(date, trade)),
      ...theirsBefore.map((trade) => internalOn(before, trade)),
    ];
    const broker = [
      ...[...both, ...theirs].map((trade) => brokerOn(date, trade)),
      ...oursBefore.map((trade) => brokerOn(before, trade)),
    ];
    const cleared = oursBefore.length + theirsBefore.length;
    const text = (header: string, rows: readonly string[]): string => [header, ...rows, ''].join('\r\n');
    return {
      tradeDate: date,
      internal: text(this.headers.internal, internal),
      broker: text(this.headers.broker, broker),
      expected: {
        internal: internal.length,
        broker: broker.length,
        matched: both.length + cleared,
        missingAtBroker: ours.length,
        missingInternal: theirs.length,
        cleared,
      },
    };
  }
}

function internalOn(date: string, { internal }: Trade): string {
  return internal.replaceAll(sampleDays.settled, dayAfter(date)).replaceAll(sampleDays.traded, date);
}

function brokerOn(date: string, { broker }: Trade): string {
  return broker
    .replaceAll(asBrokersWrite(sampleDays.settled), asBrokersWrite(dayAfter(date)))
    .replaceAll(asBrokersWrite(sampleDays.traded), asBrokersWrite(date));
}

/** `dd/MM/yyyy` */
function asBrokersWrite(date: string): string {
  return date.split('-').reverse().join('/');
}

/** `days` after a date, both `yyyy-MM-dd`. */
export function dayAfter(date: string, days = 1): string {
  return daysBefore(date, -days);
}

function linesOf(name: string): readonly string[] {
  return read(name).trimEnd().split(/\r?\n/);
}

function objectIn(name: string): JsonObject {
  const content: unknown = JSON.parse(read(name));
  if (!isJsonObject(content)) throw new Error(`${name} holds no object`);
  return content;
}
