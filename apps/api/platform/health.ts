import type { ReadModelStatus } from '../../../infra/engine/projections/projector.js';
import { Unavailable } from '../../../domain/kernel/errors.js';
import { withDeadline } from '../../../infra/system/deadline.js';
import type { ApiParts } from './api-parts.js';

export interface Readiness {
  readonly ready: boolean;
  /** Why it is not ready, in words. */
  readonly reasons: readonly string[];
  /** What a person must look at, though this process serves: an incident of the audit log takes nothing out of service. */
  readonly warnings: readonly string[];
}

/** Who asks for the health of a process gives up soon: a store's own deadlines are longer. */
const answersWithinMs = 2000;

/** Whether this process can do what it is for. */
export class Health {
  constructor(private readonly parts: Pick<ApiParts, 'platform' | 'projector'>) {}

  async readiness(): Promise<Readiness> {
    const reasons: string[] = [];
    const { log, store, troubles } = this.parts.platform;
    const [logAnswers, storeAnswers] = await Promise.all([answers(log.head()), answers(store.pointers())]);
    if (!logAnswers) reasons.push('the event log does not answer');
    if (!storeAnswers) reasons.push('the read models cannot be reached');
    reasons.push(...troubles.all);
    const { projector } = this.parts;
    if (projector && reasons.length === 0) {
      if (projector.fault) reasons.push(`the subscription fails: ${projector.fault}`);
      for (const model of projector.status.filter(({ serving }) => serving))
        // What was there before this process must be applied once; afterwards lag is lag, and not a fault.
        reasons.push(...troubleOf(model, projector.headAtStart));
    }
    return { ready: reasons.length === 0, reasons, warnings: troubles.warnings };
  }
}

/** Whether a store does what it was asked, in time. */
async function answers(asked: Promise<unknown>): Promise<boolean> {
  try {
    await withDeadline(answersWithinMs, asked, () => new Unavailable('health.silent', 'late'));
    return true;
  } catch {
    return false;
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
