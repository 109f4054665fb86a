import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../apps/config/compiled.js';
import { isJsonObject, type JsonObject } from '../../domain/kernel/json.js';
import type { SeededRandom } from '../../infra/embedded/crash/random.js';
import { textOf } from '../oracle/effects.js';

/** The same trades as both sides wrote them down; the last ones of ours are missing at the broker. */
export interface BookPair {
  readonly internal: string;
  readonly broker: string;
  /** Rows of each. */
  readonly rows: { readonly internal: number; readonly broker: number };
}

const folder = join(projectRoot(), 'test', 'data', 'sample');
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');

/** Small pairs of books, drawn from the trades of the sample on which both sides agree under one id. */
export class Books {
  readonly brokerProfile: JsonObject;
  readonly tradeDate: string;
  private readonly headers: { readonly internal: string; readonly broker: string };
  private readonly pairs: readonly (readonly [internal: string, broker: string])[];

  constructor() {
    const truth = objectIn('truth.json');
    this.brokerProfile = objectIn('profile.json');
    this.tradeDate = textOf(truth['tradeDate']);
    const disputed = new Set(Object.values(isJsonObject(truth['ids']) ? truth['ids'] : {}).flat());
    const [internalHeader = '', ...internal] = linesOf('internal.csv');
    const [brokerHeader = '', ...broker] = linesOf('broker.csv');
    this.headers = { internal: internalHeader, broker: brokerHeader };
    const theirs = new Map(broker.map((row) => [row.slice(0, row.indexOf(';')), row] as const));
    this.pairs = internal.flatMap((row) => {
      const id = row.slice(0, row.indexOf(','));
      const other = theirs.get(id);
      return other === undefined || disputed.has(id) ? [] : [[row, other] as const];
    });
  }

  draw(random: SeededRandom): BookPair {
    const left = [...this.pairs];
    const drawn = Array.from(
      { length: random.integer(8, 20) },
      () => left.splice(random.integer(0, left.length - 1), 1)[0] ?? ['', ''],
    );
    const agreed = drawn.slice(random.integer(0, 3));
    const text = (header: string, rows: readonly string[]): string => [header, ...rows, ''].join('\r\n');
    return {
      internal: text(
        this.headers.internal,
        drawn.map(([row]) => row),
      ),
      broker: text(
        this.headers.broker,
        agreed.map(([, row]) => row),
      ),
      rows: { internal: drawn.length, broker: agreed.length },
    };
  }
}

function linesOf(name: string): readonly string[] {
  return read(name).trimEnd().split(/\r?\n/);
}

function objectIn(name: string): JsonObject {
  const content: unknown = JSON.parse(read(name));
  if (!isJsonObject(content)) throw new Error(`${name} holds no object`);
  return content;
}
