import { NotFound, Rejected } from '../../../../domain/kernel/errors.js';
import { parseStreamName, streamName, type WorkspaceId } from '../../../../domain/kernel/names.js';
import type { EventLog } from '../../../../domain/kernel/ports/event-log.js';
import { partsOfBreakId } from '../../../../domain/reconciliation/breaks/break-id.js';
import { brokenTrade } from '../../../../domain/reconciliation/breaks/break.js';
import type { BreakTerms } from '../../../../domain/reconciliation/breaks/events.js';
import type { Break } from '../../../../domain/reconciliation/contract.js';
import { run } from '../../../../domain/reconciliation/runs/run.js';
import type { EventCodec } from '../../../../infra/eventstore/event-codec.js';

export interface BreakHistoryEntry {
  /** Decimal. */
  readonly revision: string;
  readonly type: string;
  readonly at: string;
  readonly actor: string;
  readonly data: object;
}

/** What the log itself says of breaks: for commands, who never ask a read model (rule C8), and for histories. */
export class BreakFacts {
  constructor(
    private readonly log: EventLog,
    private readonly codec: EventCodec,
  ) {}

  /**
   * What a break is about, as its run found it.
   *
   * @throws NotFound `breaks.unknown`
   * @throws Rejected `reconciliation.run-not-completed`: what a run that goes on found may not be all of it
   */
  async termsOf(workspace: WorkspaceId, breakId: string): Promise<BreakTerms> {
    const parts = partsOfBreakId(breakId);
    const found = parts && (await this.foundIn(workspace, parts.runId, parts.ordinal));
    if (!parts || !found) throw new NotFound('breaks.unknown', `there is no ${breakId} in breaks`);
    return { ...found, breakId, runId: parts.runId };
  }

  /** Everything that was done to a break, in order; nothing where nobody has touched it. */
  async historyOf(workspace: WorkspaceId, breakId: string): Promise<readonly BreakHistoryEntry[]> {
    const entries: BreakHistoryEntry[] = [];
    for await (const stored of this.log.read(streamName(brokenTrade.category, workspace, breakId))) {
      const { revision, type, at, actor, data } = await this.codec.decode(stored);
      entries.push({ revision: revision.toString(), type, at, actor, data });
    }
    return entries;
  }

  private async foundIn(workspace: WorkspaceId, runId: string, ordinal: number): Promise<Break | undefined> {
    const stream = `${run.category}-${workspace}.${runId}`;
    if (!parseStreamName(stream)) return undefined;
    let found: Break | undefined;
    let isCompleted = false;
    for await (const stored of this.log.read(stream)) {
      if (stored.type === 'BreaksFound' || stored.type === 'MatchUnmade') {
        // The codec gives what the event's definition says.
        const { data } = (await this.codec.decode(stored)) as { data: { first: number; breaks: Break[] } };
        found ??= data.breaks[ordinal - data.first];
      }
      isCompleted ||= stored.type === 'RunCompleted';
      if (isCompleted && found) return found;
    }
    if (!found) return undefined;
    throw new Rejected('reconciliation.run-not-completed', `run ${runId} is not completed`);
  }
}
