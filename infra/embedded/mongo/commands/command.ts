import { type BsonValue } from '../bson/value.js';
import { type Engine } from '../engine.js';
import { type CommandArguments } from './arguments.js';

/** One command as it came from a client. */
export interface Command {
  readonly name: string;
  readonly database: string;
  readonly arguments: CommandArguments;
  readonly sequences: ReadonlyMap<string, readonly BsonValue[]>;
  readonly connectionId: number;
  /** The client's address and port. */
  readonly peer: string;
}

/** A reply: a whole BSON document, or its fields, to which `ok: 1` is added. */
export type Reply = Buffer | Readonly<Record<string, unknown>>;

export type CommandHandler = (command: Command, engine: Engine) => Reply | Promise<Reply>;
