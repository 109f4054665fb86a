import { Unavailable } from '../../domain/kernel/errors.js';
import { documentName } from '../../domain/kernel/ports/read-model-store.js';
import { canonicalJson } from '../../infra/eventstore/canonical-json.js';
import type { JsonObject } from '../../domain/kernel/json.js';
import { nameHolders, statements } from '../bank/read-models.js';
import type { SimulatedProcess } from '../simulated-process.js';
import { replayed } from '../oracle/replayed.js';
import { workspace, type World } from '../world.js';

export type Asked = { readonly model: 'statements' | 'nameHolders'; readonly id: string };

const patienceMs = 9000;

/** Asks for a document as it is after a position, and checks that it is one of those that the log gives from there on. */
export class Reader {
  constructor(private readonly world: World) {}

  /** @returns whether it was answered */
  async ask(process: SimulatedProcess, { model, id }: Asked, after: bigint | undefined): Promise<boolean> {
    const { time, trace, findings } = this.world;
    const found = await Promise.race([
      find(process, model, id, after),
      time.sleep(patienceMs).then(() => 'away' as const),
    ]);
    trace.add(`${time.now} reader ${model} ${id} after ${after} ${textOf(found)}`);
    if (found === 'away') return false;
    // What is parked is missing, and says so elsewhere.
    if (after !== undefined && !this.world.olderCode)
      findings.expect(
        this.possible(model, id, after).has(textOf(found)),
        'query.stale',
        () => `${model} ${id} after ${after} was ${textOf(found)}`,
      );
    return true;
  }

  private possible(model: Asked['model'], id: string, after: bigint): Set<string> {
    const { log, codec } = this.world;
    const events = log.landed.map(({ event }) => event);
    const texts = new Set<string>();
    for (
      let length = events.filter(({ position }) => position <= after).length;
      length <= events.length;
      length++
    ) {
      const documents = replayed(
        model === 'statements' ? statements : nameHolders,
        events.slice(0, length),
        codec,
      );
      texts.add(textOf(documents.get(documentName({ workspace, id }))?.document));
    }
    return texts;
  }
}

async function find(
  process: SimulatedProcess,
  model: Asked['model'],
  id: string,
  after: bigint | undefined,
): Promise<object | 'away' | undefined> {
  try {
    return await process[model].find({ workspace, after }, id);
  } catch (error) {
    if (error instanceof Unavailable) return 'away';
    throw error;
  }
}

function textOf(document: object | string | undefined): string {
  if (typeof document === 'string') return document;
  return document === undefined ? 'nothing' : canonicalJson(document as JsonObject);
}
