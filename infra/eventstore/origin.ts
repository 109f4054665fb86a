import { systemContext } from '../../domain/kernel/event.js';
import { streamName, systemWorkspace } from '../../domain/kernel/names.js';
import { AppendUnknown, RevisionConflict, type EventLog } from '../../domain/kernel/ports/event-log.js';
import type { Clock, IdSource } from '../../domain/kernel/time.js';
import { InvariantBroken } from '../../domain/kernel/errors.js';
import { linkEvents } from './chain.js';

export const originStream = streamName('origin', systemWorkspace, 'axion');

/** What makes this log this log: 128 random bits, hex, in the first event of a stream of its own (rule F2). */
export async function readOrigin(log: EventLog): Promise<string | undefined> {
  const first = await log.readAt(originStream, 0n);
  if (!first) return undefined;
  const { data } = first;
  const origin = typeof data === 'object' && data !== null && 'origin' in data ? data.origin : undefined;
  if (typeof origin !== 'string' || !/^[0-9a-f]{32}$/.test(origin))
    throw new InvariantBroken('log.no-origin', 'the first event of the origin stream names no origin');
  return origin;
}

/** Reads the origin, or makes one; of two first starts at once, both go on with the winner's. */
export async function obtainOrigin(log: EventLog, clock: Clock, ids: IdSource): Promise<string> {
  const existing = await readOrigin(log);
  if (existing) return existing;
  const origin = ids.salt();
  const events = linkEvents(origin, originStream, undefined, [
    {
      type: 'OriginCreated',
      schema: 1,
      data: { origin },
      salt: ids.salt(),
      context: systemContext(ids.next(), await clock.now()),
    },
  ]);
  try {
    await log.append(originStream, 'no_stream', events);
    return origin;
  } catch (error) {
    if (!(error instanceof RevisionConflict) && !(error instanceof AppendUnknown)) throw error;
    const winner = await readOrigin(log);
    if (!winner) throw error;
    return winner;
  }
}
