import { evolve, type AnyDecider } from '../../../domain/kernel/decider.js';
import { NotFound } from '../../../domain/kernel/errors.js';
import type { JsonValue } from '../../../domain/kernel/json.js';
import { parseStreamName, type WorkspaceId } from '../../../domain/kernel/names.js';
import type { EventLog } from '../../../domain/kernel/ports/event-log.js';
import type { EventCodec } from '../../../infra/eventstore/event-codec.js';

/** Where to stop: with everything up to a position, or before the first event that happened later. */
export type Moment = { readonly position: bigint } | { readonly time: string } | 'now';

export interface StateAsOf {
  readonly stream: string;
  /** Of the last event that is in it; undefined before the first. */
  readonly revision?: string;
  readonly position?: string;
  readonly at?: string;
  /** How many. */
  readonly events: number;
  readonly state: JsonValue;
  /** It was never issued: today's code makes it from the events, and yesterday's may have made another. */
  readonly computed: 'from the events, by today’s code';
}

/** States of aggregates as they were, computed again from their events. */
export class StatesAsOf {
  constructor(
    private readonly log: EventLog,
    private readonly codec: EventCodec,
    private readonly deciders: readonly AnyDecider[],
  ) {}

  /** @throws NotFound `audit.unknown-stream` when the workspace has no such aggregate */
  async read(workspace: WorkspaceId, stream: string, until: Moment): Promise<StateAsOf> {
    const parts = parseStreamName(stream);
    const decider = this.deciders.find(({ category }) => category === parts?.category);
    if (!decider || parts?.workspace !== workspace) throw unknownStream(stream);
    let state: unknown = decider.initial;
    let last: { revision: string; position: string; at: string } | undefined;
    let events = 0;
    let exists = false;
    for await (const stored of this.log.read(stream)) {
      exists = true;
      const event = await this.codec.decode(stored);
      if (isBeyond(event, until)) break;
      state = evolve(decider, state, event);
      const { revision, position, at } = event;
      last = { revision: revision.toString(), position: position.toString(), at };
      events++;
    }
    if (!exists) throw unknownStream(stream);
    return { stream, ...last, events, state: toJson(state), computed: 'from the events, by today’s code' };
  }
}

function isBeyond({ position, at }: { position: bigint; at: string }, until: Moment): boolean {
  if (until === 'now') return false;
  return 'position' in until ? position > until.position : at > until.time;
}

/** States are not written for others to read: what JSON does not have becomes what is nearest. */
function toJson(state: unknown): JsonValue {
  return JSON.parse(
    JSON.stringify(state, (_name, value: unknown) => {
      if (typeof value === 'bigint') return value.toString();
      if (value instanceof Map) return [...value.entries()];
      return value instanceof Set ? [...value] : value;
    }),
  ) as JsonValue;
}

function unknownStream(stream: string): NotFound {
  return new NotFound('audit.unknown-stream', `the workspace has no aggregate with the stream ${stream}`);
}
