import type { CommandContext } from '../../../domain/kernel/event.js';
import { InvariantBroken } from '../../../domain/kernel/errors.js';
import type { RequestFingerprint } from './idempotency-stream.js';

/** What a command is carried out with, beside the command itself. */
export interface ExecutionContext {
  readonly context: CommandContext;
  /** The request that asked for it, where one did: its place in a trace. */
  readonly requestId?: string;
  /** Present when the client sent an `Idempotency-Key`. */
  readonly fingerprint?: RequestFingerprint;
}

const contexts = new WeakMap<object, ExecutionContext>();

/** Binds a command to the request, saga or job that it is sent for; the last binding counts. @returns the command */
export function bindContext<Command extends object>(command: Command, context: ExecutionContext): Command {
  contexts.set(command, context);
  return command;
}

/** @throws InvariantBroken for a command that was bound to none: a missing workspace is an error, never "all" */
export function contextOf(command: object): ExecutionContext {
  const context = contexts.get(command);
  if (!context) throw new InvariantBroken('command.no-context', 'a command was sent outside of any context');
  return context;
}
