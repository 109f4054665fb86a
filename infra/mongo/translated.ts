import { AxionError, Unavailable, messageOf } from '../../domain/kernel/errors.js';

/** The driver's error in words of ours; an error of ours as it is. */
export function unavailable(error: unknown, code: string, message: string): Error {
  return error instanceof AxionError ? error : new Unavailable(code, message, { reason: messageOf(error) });
}

/** @throws Unavailable with this code and message for whatever the driver throws */
export async function translated<Result>(
  work: () => Promise<Result>,
  code: string,
  message: string,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw unavailable(error, code, message);
  }
}
