import { systemWorkspace, type WorkspaceId } from './names.js';

/** Who asked for what, when, and because of what. Times and ids arrive here; domain code makes none. */
export interface CommandContext {
  readonly workspace: WorkspaceId;
  /** `key:<id>`, `bootstrap` or `system`, of refusals `anonymous` or `others` too: never a person's name. */
  readonly actor: string;
  /** RFC 3339, UTC, milliseconds. */
  readonly at: string;
  readonly commandId: string;
  readonly correlationId: string;
  /** The command or event that this command follows from; empty when a person began it. */
  readonly causationId: string;
}

/** The context of what the platform does of itself, in its own workspace. */
export function systemContext(commandId: string, at: string): CommandContext {
  return {
    workspace: systemWorkspace,
    actor: 'system',
    at,
    commandId,
    correlationId: commandId,
    causationId: '',
  };
}

/** Turns the data of one older version into the next one's. Pure; must bear `Erased` in erasable fields. */
export type Upcast = (older: never) => object;

/** The subject under whose key a field is encrypted, for example `key:<id>`. */
export type SubjectOf<Data> = (data: Data, context: CommandContext) => string;

export interface EventDefinition<Data extends object = object> {
  /** The version that is written today, from 1. */
  readonly version: number;
  /** For every version n below today's: n → n + 1. */
  readonly upcasts: Readonly<Record<number, Upcast>>;
  readonly erasable: Readonly<Partial<Record<string, (data: never, context: CommandContext) => string>>>;
  /** The id of the command that the event cancels: its stream refuses that command from then on (rule S2). */
  readonly cancels?: (data: never) => string | undefined;
  /** Exists for the type checker only. */
  readonly data?: Data;
}

export interface EventOptions<Data extends object> {
  readonly version?: number;
  readonly upcasts?: Readonly<Record<number, Upcast>>;
  readonly erasable?: Readonly<Partial<Record<keyof Data & string, SubjectOf<Data>>>>;
  /** The field that holds the id of the command that the event cancels, or what finds it in the data. */
  readonly cancels?: (keyof Data & string) | ((data: Data) => string | undefined);
}

/**
 * Defines one type of event: how its data looks today, how older data becomes today's, and what may be erased.
 *
 * @throws RangeError when an upcast is missing or superfluous: old events would not be readable
 */
export function event<Data extends object>(options: EventOptions<Data> = {}): EventDefinition<Data> {
  const { version = 1, upcasts = {}, erasable = {}, cancels } = options;
  for (let older = 1; older < version; older++)
    if (!upcasts[older]) throw new RangeError(`no upcast from version ${older} to ${older + 1}`);
  if (Object.keys(upcasts).length !== version - 1)
    throw new RangeError('an upcast leads beyond the newest version');
  if (cancels === undefined) return { version, upcasts, erasable };
  const cancelled = typeof cancels === 'function' ? cancels : (data: Data) => textOf(data[cancels]);
  return { version, upcasts, erasable, cancels: cancelled };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The command that an event cancels; undefined for events that cancel none. */
export function cancelledBy(definitions: EventDefinitions, { type, data }: AnyEvent): string | undefined {
  return definitions[type]?.cancels?.(data as never);
}

export type EventDefinitions = Readonly<Record<string, EventDefinition>>;

type DataOf<Definition> = Definition extends EventDefinition<infer Data> ? Data : never;

/** The union of `{type, data}` that a table of definitions describes. */
export type EventOf<Definitions extends EventDefinitions> = {
  [Type in keyof Definitions & string]: { readonly type: Type; readonly data: DataOf<Definitions[Type]> };
}[keyof Definitions & string];

export interface AnyEvent {
  readonly type: string;
  readonly data: object;
}

/** Where and how an event stands in the log. */
export interface Provenance {
  readonly id: string;
  readonly stream: string;
  readonly revision: bigint;
  readonly position: bigint;
  readonly workspace: WorkspaceId;
  readonly at: string;
  readonly actor: string;
  readonly commandId: string;
  readonly correlationId: string;
  readonly causationId: string;
}

/** An event as a projection, a saga or a job sees it. */
export type Recorded<Event extends AnyEvent> = Event extends AnyEvent ? Event & Provenance : never;
