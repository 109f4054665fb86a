import type { JsonValue } from './json.js';

export type ErrorDetails = Readonly<Record<string, JsonValue>>;

/** What every error of Axion is: a stable code for machines, a sentence for people, and what it is about. */
export abstract class AxionError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly details: ErrorDetails = {},
  ) {
    super(message);
    this.name = new.target.name;
  }
}

/** A rule of the domain said no. Nothing was changed. */
export class Rejected extends AxionError {}

/** The request is not well formed; `details.problems` names each field and what is wrong with it. */
export class InvalidRequest extends AxionError {}

/** What was asked for does not exist in this workspace. */
export class NotFound extends AxionError {}

/** Nobody, or nobody we know, is asking. */
export class Unauthenticated extends AxionError {}

/** The principal may not do this. */
export class Forbidden extends AxionError {}

/** The same `Idempotency-Key` came with another request. */
export class KeyReused extends AxionError {}

/** The body, file or batch is over its limit. */
export class TooLarge extends AxionError {}

/** A store does not answer, or it is not known whether it did what was asked; asking again is safe. */
export class Unavailable extends AxionError {}

/** Something that must never be so is so. Work stops rather than go on wrongly. */
export class InvariantBroken extends AxionError {}

export function isRejected(error: unknown): error is Rejected {
  return error instanceof Rejected;
}

/** @throws InvariantBroken unless `condition` holds; on in production too. */
export function invariant(
  condition: boolean,
  message: string,
  details: ErrorDetails = {},
): asserts condition {
  if (!condition) throw new InvariantBroken('kernel.invariant', message, details);
}

/** The `code` of an error of whatever kind and realm. */
export function codeOf(error: unknown): string | number | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' || typeof error.code === 'number' ? error.code : undefined;
}

/** What an error of whatever kind and realm says. */
export function messageOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'message' in error) return String(error.message);
  return String(error);
}
