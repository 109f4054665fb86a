import type { ReadModelStatus } from '../../../infra/engine/projections/projector.js';
import { Unavailable } from '../../../domain/kernel/errors.js';
import { withDeadline } from '../../../infra/system/deadline.js';
import type { ApiParts } from './api-parts.js';

export interface Readiness {
  readonly ready: boolean;
  /** What is not as it should be, in words. */
  readonly reasons: readonly string[];
}

/** Who asks for the health of a process gives up soon: a store's own deadlines are longer. */
const answersWithinMs = 2000;

/** Whether this process can do what it is for. */
export class Health {
  private headAtStart: Promise<bigint | undefined> | undefined;

  constructor(private readonly parts: Pick<ApiParts, 'platform' | 'projector'>) {}

  async readiness(): Promise<Readiness> {
    const reasons: string[] = [];
    const { log, store } = this.parts.platform;
    const [logTrouble, storeTrouble] = await Promise.all([
      trouble('the event log does not answer', log.head()),
      trouble('the read models cannot be reached', store.pointers()),
    ]);
    reasons.push(...logTrouble, ...storeTrouble);
    reasons.push(...this.parts.platform.troubles.all);
    const { projector } = this.parts;
    if (projector && reasons.length === 0) {
      // What was there before this process must be applied once; afterwards lag is lag, and not a fault.
      this.headAtStart ??= this.parts.platform.log.head();
      const head = await this.headAtStart;
      if (projector.fault) reasons.push(`the subscription fails: ${projector.fault}`);
      for (const model of projector.status.filter(({ serving }) => serving))
        reasons.push(...troubleOf(model, head));
    }
    return { ready: reasons.length === 0, reasons };
  }
}

/** What is to be said when a look fails, or when nothing comes of it. */
async function trouble(words: string, look: Promise<unknown>): Promise<readonly string[]> {
  look.catch(() => undefined);
  try {
    await withDeadline(answersWithinMs, look, () => new Unavailable('health.silent', words));
    return [];
  } catch {
    return [words];
  }
}

function troubleOf(model: ReadModelStatus, head: bigint | undefined): readonly string[] {
  const { name, lanes, state, applied } = model;
  if (model.fault !== undefined) return [`${name} is not filled: ${model.fault}`];
  // What other processes work is theirs to tell.
  if (state === 'live' && !lanes.some(({ held }) => held)) return [];
  const stuck = lanes.flatMap(({ lane, fault }) =>
    fault ? [`${name}, lane ${lane}, is stuck: ${fault}`] : [],
  );
  if (stuck.length > 0) return stuck;
  return head !== undefined && (applied === undefined || applied < head) ? [`${name} is catching up`] : [];
}
