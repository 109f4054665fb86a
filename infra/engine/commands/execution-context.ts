import { AsyncLocalStorage } from 'node:async_hooks';
import type { CommandContext } from '../../../domain/kernel/event.js';
import { InvariantBroken } from '../../../domain/kernel/errors.js';
import type { RequestFingerprint } from './idempotency-stream.js';

/** What a command is carried out with, beside the command itself. */
export interface ExecutionContext {
  readonly context: CommandContext;
  /** Present when the client sent an `Idempotency-Key`. */
  readonly fingerprint?: RequestFingerprint;
}

const current = new AsyncLocalStorage<ExecutionContext>();

/** Lets `work` send commands in this context: a request's, a saga's or a job's. */
export function inContext<Result>(context: ExecutionContext, work: () => Result): Result {
  return current.run(context, work);
}

/** @throws InvariantBroken outside of `inContext`: a missing workspace is an error, never "all" */
export function currentContext(): ExecutionContext {
  const context = current.getStore();
  if (!context) throw new InvariantBroken('command.no-context', 'a command was sent outside of any context');
  return context;
}
