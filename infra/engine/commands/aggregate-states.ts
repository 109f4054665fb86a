import type { AnyEvent } from '../../../domain/kernel/event.js';
import type { CommandClasses, Decider } from '../../../domain/kernel/decider.js';
import { evolve } from '../../../domain/kernel/decider.js';
import { streamName, type WorkspaceId } from '../../../domain/kernel/names.js';
import type { EventLog } from '../../../domain/kernel/ports/event-log.js';
import type { EventCodec } from '../../eventstore/event-codec.js';

/** Reads an aggregate's state from the log itself: for what commands look up, who never ask a read model (rule C8). */
export class AggregateStates {
  constructor(
    private readonly log: EventLog,
    private readonly codec: EventCodec,
  ) {}

  async read<State, Event extends AnyEvent, Commands extends CommandClasses>(
    decider: Decider<State, Event, Commands>,
    workspace: WorkspaceId,
    id: string,
  ): Promise<State> {
    let state: unknown = decider.initial;
    for await (const stored of this.log.read(streamName(decider.category, workspace, id)))
      state = evolve(decider, state, await this.codec.decode(stored));
    // `evolve` of this decider gives its own state.
    return state as State;
  }
}
