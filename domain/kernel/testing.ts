import { evolve, type AnyDecider, type Decider, type CommandClasses } from './decider.js';
import { isRejected } from './errors.js';
import type { AnyEvent, CommandContext, Provenance, Recorded } from './event.js';
import { workspaceId } from './names.js';

/** The context of a command in a specification; name what the rule under test looks at. */
export function contextOf(overrides: Partial<CommandContext> = {}): CommandContext {
  return {
    workspace: workspaceId('acme'),
    actor: 'key:alice',
    at: '2024-06-12T20:00:00.000Z',
    commandId: 'command-1',
    correlationId: 'correlation-1',
    causationId: '',
    ...overrides,
  };
}

/** A command with its class, as the HTTP door would have made it. */
export function command<Command extends object>(type: new () => Command, fields: Partial<Command>): Command {
  return Object.assign(new type(), fields);
}

/** given(events).when(command).then(events) or .rejects(code), for one decider. */
export function specify<State, Event extends AnyEvent, Commands extends CommandClasses>(
  aggregate: Decider<State, Event, Commands>,
) {
  const rules: AnyDecider = aggregate;
  return {
    given: (...history: readonly Event[]) => ({
      when: (asked: InstanceType<Commands[keyof Commands]>, context: Partial<CommandContext> = {}) => {
        const decide = (): readonly AnyEvent[] => {
          const state = history.reduce<unknown>((before, past) => evolve(rules, before, past), rules.initial);
          const rule = rules.decide[asked.constructor.name];
          if (!rule) throw new RangeError(`${rules.category} has no command ${asked.constructor.name}`);
          return rule(asked, state, contextOf(context));
        };
        return {
          then: (...expected: readonly Event[]) =>
            expect(decide().map(({ type, data }) => ({ type, data: { ...data } }))).toEqual(
              expected.map(({ type, data }) => ({ type, data: { ...data } })),
            ),
          rejects: (code: string) => {
            let refusal: unknown;
            try {
              decide();
            } catch (error) {
              refusal = error;
            }
            expect(isRejected(refusal) ? refusal.code : refusal).toBe(code);
          },
        };
      },
    }),
  };
}

/** An event of a specification; what nothing looks at can be left out. */
export type Happened<Event extends AnyEvent> = Event & Partial<Provenance>;

/** @param index its place in the log of the specification */
export function recorded(happened: Happened<AnyEvent>, index: number): Recorded<AnyEvent> {
  return {
    id: `event-${index}`,
    stream: 'thing-acme.1',
    revision: BigInt(index),
    position: BigInt(index) * 100n,
    workspace: workspaceId('acme'),
    at: '2024-06-12T20:00:00.000Z',
    actor: 'key:alice',
    commandId: `command-${index}`,
    correlationId: 'correlation-1',
    causationId: '',
    ...happened,
  };
}
