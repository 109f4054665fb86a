import type { AnyDecider } from '../../../domain/kernel/decider.js';
import { InvariantBroken, Rejected, Unavailable, isRejected } from '../../../domain/kernel/errors.js';
import { cancelledBy, type AnyEvent, type CommandContext } from '../../../domain/kernel/event.js';
import { streamName, type StreamName } from '../../../domain/kernel/names.js';
import {
  AppendUnknown,
  RevisionConflict,
  type Appended,
  type EventLog,
  type EventToAppend,
  type ExpectedRevision,
} from '../../../domain/kernel/ports/event-log.js';
import type { IdSource } from '../../../domain/kernel/time.js';
import { linkEvents } from '../../eventstore/chain.js';
import type { EventCodec } from '../../eventstore/event-codec.js';
import type { Aggregates, Answer, LoadedAggregate } from './aggregates.js';
import { crashPoint } from '../../system/crash-points.js';
import { pause } from '../../system/pause.js';
import type { Traces } from '../../telemetry/traces.js';

/** What a round came to before anything was appended. */
export type Decision =
  | { readonly kind: 'alreadyDone'; readonly answer: Answer }
  | { readonly kind: 'nothingToDo'; readonly aggregate: LoadedAggregate }
  | { readonly kind: 'refused'; readonly refusal: Error }
  | { readonly kind: 'events'; readonly aggregate: LoadedAggregate; readonly events: readonly AnyEvent[] };

export interface RoundPorts {
  readonly log: EventLog;
  readonly codec: EventCodec;
  readonly origin: string;
  readonly ids: IdSource;
  readonly traces?: Traces;
  readonly aggregates: Aggregates;
  /** How long to wait before an append that stayed without an answer is sent again. */
  readonly pauseMs: number;
}

/** One round of a command: load → already done? → decide, and then append at exactly the revision loaded (rule C1). */
export class CommandRound {
  constructor(private readonly ports: RoundPorts) {}

  streamOf(decider: AnyDecider, command: object, context: CommandContext): StreamName {
    return streamName(decider.category, context.workspace, decider.id(command));
  }

  async decide(decider: AnyDecider, command: object, context: CommandContext): Promise<Decision> {
    const { aggregates } = this.ports;
    const aggregate = await aggregates.load(decider, this.streamOf(decider, command, context));
    const rule = decider.decide[command.constructor.name];
    if (!rule) throw new RangeError(`${decider.category} has no command ${command.constructor.name}`);
    for (;;) {
      const answer = aggregate.commands.get(context.commandId);
      if (answer) return { kind: 'alreadyDone', answer };
      if (aggregate.cancelled.has(context.commandId))
        return { kind: 'refused', refusal: wasCancelled(context) };
      const decision = decideNow(() => rule(command, aggregate.state, context), aggregate);
      // What would say no, or "it is so already", from the cache reads the stream's tail first (rule C5).
      const isCurrent = decision.kind === 'events' || aggregate.fresh;
      if (!isCurrent && (await aggregates.refresh(decider, aggregate))) continue;
      checkCancels(decider, command, decision, aggregate);
      return decision;
    }
  }

  /** @throws RevisionConflict when another round is due @throws Unavailable when it stays unknown (rule C2) */
  async append(
    decider: AnyDecider,
    aggregate: LoadedAggregate,
    events: readonly AnyEvent[],
    context: CommandContext,
  ): Promise<Answer> {
    const { codec, ids, origin, aggregates, traces } = this.ports;
    const { stream, last } = aggregate;
    const startedAt = traces && Date.now();
    const unlinked = await Promise.all(events.map((event) => codec.encode(event, context, ids.salt())));
    const linked = linkEvents(origin, stream, last, unlinked);
    try {
      crashPoint('append.before');
      const appended = await this.send(stream, last?.revision ?? 'no_stream', linked, context);
      crashPoint('append.after');
      if (startedAt !== undefined) this.trace(linked, stream, startedAt, context);
      return await aggregates.acknowledge(decider, aggregate, linked, appended);
    } catch (error) {
      aggregates.drop(stream);
      throw error;
    }
  }

  /** Each event has its place in the trace: whoever follows from it names it as its cause. */
  private trace(
    events: readonly EventToAppend[],
    stream: StreamName,
    startedAt: number,
    { correlationId, commandId }: CommandContext,
  ): void {
    for (const { id, type } of events)
      this.ports.traces?.record({
        name: `append ${type}`,
        correlationId,
        id,
        causeId: commandId,
        startedAt,
        attributes: { 'axion.stream': stream },
      });
  }

  /**
   * After a timeout the same bytes go again, after a pause; then the stream itself is asked. A conflict needs no asking:
   * the next round's load finds the command if its first send did happen.
   */
  private async send(
    stream: StreamName,
    expected: ExpectedRevision,
    events: readonly EventToAppend[],
    context: CommandContext,
  ): Promise<Appended> {
    const { log, pauseMs } = this.ports;
    try {
      return await log.append(stream, expected, events);
    } catch (error) {
      if (!(error instanceof AppendUnknown)) throw error;
    }
    await pause(pauseMs);
    try {
      return await log.append(stream, expected, events);
    } catch (error) {
      if (!(error instanceof AppendUnknown)) throw error;
    }
    const found = await this.findAppended(stream, expected, events, context);
    if (found === 'elsewhere') throw new RevisionConflict(stream, undefined);
    if (found) return found;
    throw stillUnknown(context);
  }

  private async findAppended(
    stream: StreamName,
    expected: ExpectedRevision,
    events: readonly EventToAppend[],
    context: CommandContext,
  ): Promise<Appended | 'elsewhere' | undefined> {
    const first = expected === 'no_stream' ? 0n : expected + 1n;
    let matched = 0;
    try {
      for await (const stored of this.ports.log.read(stream, first)) {
        if (stored.id !== events[matched]?.id) return 'elsewhere';
        matched++;
        if (matched === events.length) return { position: stored.position };
      }
    } catch {
      throw stillUnknown(context);
    }
    return undefined;
  }
}

function decideNow(rule: () => readonly AnyEvent[], aggregate: LoadedAggregate): Decision {
  try {
    const events = rule();
    return events.length > 0 ? { kind: 'events', aggregate, events } : { kind: 'nothingToDo', aggregate };
  } catch (refusal) {
    if (isRejected(refusal)) return { kind: 'refused', refusal };
    throw refusal;
  }
}

function wasCancelled({ commandId }: CommandContext): Rejected {
  return new Rejected('command.cancelled', 'the command was cancelled before it came', { commandId });
}

/**
 * A compensation that leaves no trace would let the late original take effect after it (rule S2).
 *
 * @throws InvariantBroken `command.not-cancelled` when a command whose field `cancels` names another one decided on
 * no event that names it, and no earlier event did
 */
function checkCancels(
  decider: AnyDecider,
  command: object,
  decision: Decision,
  { cancelled }: LoadedAggregate,
): void {
  const id: unknown = Reflect.get(command, 'cancels');
  if (typeof id !== 'string' || decision.kind === 'refused' || cancelled.has(id)) return;
  const events = decision.kind === 'events' ? decision.events : [];
  if (events.some((event) => cancelledBy(decider.events, event) === id)) return;
  throw new InvariantBroken(
    'command.not-cancelled',
    `${command.constructor.name} decided on no event that names the command it cancels`,
    { commandId: id },
  );
}

function stillUnknown({ commandId }: CommandContext): Unavailable {
  return new Unavailable(
    'command.unknown',
    'it is not known whether the command was carried out; repeat it with the same Idempotency-Key',
    { commandId },
  );
}
