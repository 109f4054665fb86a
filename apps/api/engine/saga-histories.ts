import { sagaCategory } from '../../../domain/engine/saga-instance.js';
import { streamName, type WorkspaceId } from '../../../domain/kernel/names.js';
import type { EventLog } from '../../../domain/kernel/ports/event-log.js';
import type { EventCodec } from '../../../infra/eventstore/event-codec.js';

export interface SagaHistoryEntry {
  /** Decimal. */
  readonly revision: string;
  readonly type: string;
  readonly at: string;
  readonly actor: string;
  readonly data: object;
}

/** What happened to an instance of a saga, as its stream tells. */
export class SagaHistories {
  constructor(
    private readonly log: EventLog,
    private readonly codec: EventCodec,
  ) {}

  async read(workspace: WorkspaceId, id: string): Promise<readonly SagaHistoryEntry[]> {
    const entries: SagaHistoryEntry[] = [];
    for await (const stored of this.log.read(streamName(sagaCategory, workspace, id))) {
      const { revision, type, at, actor, data } = await this.codec.decode(stored);
      entries.push({ revision: revision.toString(), type, at, actor, data });
    }
    return entries;
  }
}
