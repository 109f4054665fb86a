import { parseStreamName, streamName, systemWorkspace } from '../../domain/kernel/names.js';
import type { EventLog, StoredEvent } from '../../domain/kernel/ports/event-log.js';
import { hashOf } from '../../infra/eventstore/chain.js';
import { effectOf, nameOf, objectOf, type Effect } from './effects.js';
import type { JsonObject } from '../../domain/kernel/json.js';

export interface CountedEvent {
  readonly stream: string;
  readonly revision: bigint;
  readonly type: string;
  readonly data: JsonObject;
  /** Of the command that it came of. */
  readonly commandId: string;
  readonly hash: string;
}

/** Everything in the log that counts, read once from its beginning. */
export class Census {
  /** In the order of their revisions. */
  readonly streams = new Map<string, CountedEvent[]>();
  readonly byCommand = new Map<string, CountedEvent[]>();
  private readonly byEffect = new Map<string, CountedEvent[]>();

  static async take(log: EventLog): Promise<Census> {
    const census = new Census();
    for await (const stored of log.readAll()) census.count(stored);
    return census;
  }

  at(stream: string, revision: bigint): CountedEvent | undefined {
    return this.streams.get(stream)?.find((event) => event.revision === revision);
  }

  of(effect: Effect): readonly CountedEvent[] {
    return this.byEffect.get(nameOf(effect)) ?? [];
  }

  /** The streams of a category, with their events. */
  *category(name: string): Iterable<readonly [stream: string, events: readonly CountedEvent[]]> {
    for (const entry of this.streams) if (parseStreamName(entry[0])?.category === name) yield entry;
  }

  private count(stored: StoredEvent): void {
    const category = parseStreamName(stored.stream)?.category;
    if (category === undefined || category === 'idempotency' || category === 'engine') return;
    const { stream, revision, type } = stored;
    const event = {
      stream,
      revision,
      type,
      data: objectOf(stored.data),
      commandId: String(stored.metadata['a.cmd']),
      hash: hashOf(stored) ?? '',
    };
    put(this.streams, stream, event);
    put(this.byCommand, event.commandId, event);
    const effect = effectOf(type, stored.data);
    if (effect) put(this.byEffect, nameOf(effect), event);
  }
}

/** The stream of an aggregate in the workspace of another one's stream. */
export function streamBeside(beside: string, category: string, id: string): string {
  return streamName(category, parseStreamName(beside)?.workspace ?? systemWorkspace, id);
}

function put(map: Map<string, CountedEvent[]>, key: string, event: CountedEvent): void {
  const before = map.get(key);
  if (before) before.push(event);
  else map.set(key, [event]);
}
