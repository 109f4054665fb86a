import type { AnyEvent, CommandContext, EventDefinition } from './event.js';
import { isCategory } from './names.js';

export type CommandClass<Command extends object = object> = new () => Command;
export type CommandClasses = Readonly<Record<string, CommandClass>>;

type CommandOf<Commands extends CommandClasses> = InstanceType<Commands[keyof Commands]>;

/** One aggregate's rules: two pure tables, exhaustive by type. */
export interface Decider<State, Event extends AnyEvent, Commands extends CommandClasses = CommandClasses> {
  /** lowerCamelCase; the first part of the stream's name. */
  readonly category: string;
  readonly events: {
    readonly [Type in Event['type']]: EventDefinition<Extract<Event, { type: Type }>['data']>;
  };
  readonly commands: Commands;
  readonly initial: State;
  /** The aggregate that a command speaks of, 1 to 200 printable characters. */
  readonly id: (command: CommandOf<Commands>) => string;
  /** What follows from a command; an empty list says that it is so already. @throws Rejected */
  readonly decide: {
    readonly [Name in keyof Commands]: (
      command: InstanceType<Commands[Name]>,
      state: State,
      context: CommandContext,
    ) => readonly Event[];
  };
  readonly evolve: {
    readonly [Type in Event['type']]: (state: State, event: Extract<Event, { type: Type }>) => State;
  };
}

/**
 * Called twice, so that the command classes are inferred from the object itself.
 *
 * @throws RangeError for a category that no stream could be named after
 */
export function decider<State, Event extends AnyEvent>() {
  return <const Commands extends CommandClasses>(
    definition: Decider<State, Event, Commands>,
  ): Decider<State, Event, Commands> => {
    if (!isCategory(definition.category))
      throw new RangeError(`${definition.category} is no category: lowerCamelCase, letters and digits`);
    return definition;
  };
}

/** A decider whose types were checked where it was written: what machinery that serves all of them takes. */
export interface AnyDecider {
  readonly category: string;
  readonly events: Readonly<Record<string, EventDefinition>>;
  readonly commands: CommandClasses;
  readonly initial: unknown;
  id(command: object): string;
  readonly decide: Readonly<Record<string, DecideAny>>;
  readonly evolve: Readonly<Record<string, EvolveAny>>;
}
type DecideAny = {
  bivariant(command: object, state: unknown, context: CommandContext): readonly AnyEvent[];
}['bivariant'];
type EvolveAny = { bivariant(state: unknown, event: AnyEvent): unknown }['bivariant'];

/** The state after an event. @throws RangeError for a type that the decider does not know */
export function evolve(aggregate: AnyDecider, state: unknown, event: AnyEvent): unknown {
  const step = aggregate.evolve[event.type];
  if (!step) throw new RangeError(`${aggregate.category} has no event ${event.type}`);
  return step(state, event);
}
