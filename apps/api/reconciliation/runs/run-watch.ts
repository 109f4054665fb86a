import { NotFound } from '../../../../domain/kernel/errors.js';
import type { AnyEvent } from '../../../../domain/kernel/event.js';
import type { JsonObject } from '../../../../domain/kernel/json.js';
import { streamName, type WorkspaceId } from '../../../../domain/kernel/names.js';
import type { EventLog } from '../../../../domain/kernel/ports/event-log.js';
import type { RunEvent } from '../../../../domain/reconciliation/contract.js';
import { run } from '../../../../domain/reconciliation/runs/run.js';
import type { EventCodec } from '../../../../infra/eventstore/event-codec.js';
import { pause } from '../../../../infra/system/pause.js';
import { isUnderWay, stepOf } from '../../../../projections/reconciliation/run-progress.js';
import type { ServerSentEvent } from '../../http/server-sent-events.js';

/** How often the end of a run's stream is read. */
const lookMs = 300;

interface Look {
  readonly events: readonly ServerSentEvent[];
  /** The first revision that it has not seen. */
  readonly next: bigint;
  readonly steps: readonly { readonly step: string }[];
}

/** Follows runs in the log itself, so that a step is told once it is stored, and none is left out. */
export class RunWatch {
  constructor(
    private readonly log: EventLog,
    private readonly codec: EventCodec,
  ) {}

  /**
   * The steps of a run behind `after`, a revision, until it has nothing more to do.
   *
   * @returns undefined when nothing will follow
   * @throws NotFound `runs.unknown`
   */
  async open(
    workspace: WorkspaceId,
    runId: string,
    after: bigint,
  ): Promise<((stop: AbortSignal) => AsyncIterable<ServerSentEvent>) | undefined> {
    const first = await this.look(workspace, runId, { events: [], next: 0n, steps: [] });
    if (first.next === 0n) throw new NotFound('runs.unknown', `there is no ${runId} in runs`);
    const unseen = first.events.filter(({ id }) => BigInt(id ?? 0) > after);
    if (unseen.length === 0 && !isUnderWay(first.steps)) return undefined;
    return (stop) => this.follow(workspace, runId, { ...first, events: unseen }, stop);
  }

  private async *follow(
    workspace: WorkspaceId,
    runId: string,
    first: Look,
    stop: AbortSignal,
  ): AsyncIterable<ServerSentEvent> {
    let seen = first;
    yield* seen.events;
    while (isUnderWay(seen.steps)) {
      await pause(lookMs, stop);
      if (stop.aborted) return;
      seen = await this.look(workspace, runId, seen);
      yield* seen.events;
    }
  }

  private async look(workspace: WorkspaceId, runId: string, before: Look): Promise<Look> {
    const events: ServerSentEvent[] = [];
    const steps = [...before.steps];
    let { next } = before;
    for await (const stored of this.log.read(streamName(run.category, workspace, runId), next)) {
      const event = await this.codec.decode(stored);
      // The stream of a run holds nothing else.
      const step = stepOf(event as AnyEvent as RunEvent);
      steps.push({ step: step.step });
      const data: JsonObject = { runId, at: event.at, ...(step as JsonObject) };
      events.push({ id: stored.revision.toString(), event: 'step', data });
      next = stored.revision + 1n;
    }
    return { events, next, steps };
  }
}
