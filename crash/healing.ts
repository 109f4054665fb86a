import type { EventLog } from '../domain/kernel/ports/event-log.js';
import type { SeededRandom } from '../infra/embedded/crash/random.js';
import { pause } from '../infra/system/pause.js';
import type { KeyedRequests } from './load/keyed-requests.js';
import type { Requests } from './load/requests.js';
import { Census } from './oracle/census.js';
import { listOf, textOf } from './oracle/effects.js';
import { unfinished } from './oracle/unfinished.js';

/** The machine may have other things to do. */
const healsWithinMs = 300_000;
const lookMs = 250;

/**
 * Lets everything that is under way come to its end: the clock goes past every date, step by step, so that what waits
 * for another attempt is tried again; and what is parked is retried, as a person would.
 */
export async function heal(
  log: EventLog,
  requests: Requests,
  keyed: KeyedRequests,
  random: SeededRandom,
): Promise<void> {
  const giveUpAt = performance.now() + healsWithinMs;
  for (;;) {
    await keyed.send(requests.clockAfterEverything(), random);
    const left = unfinished(await Census.take(log));
    if (left.length === 0 || performance.now() > giveUpAt) return;
    await retryParked(requests);
    await pause(lookMs);
  }
}

async function retryParked({ member }: Requests): Promise<void> {
  const { body } = await member.get('/v1/engine/sagas?status=parked&limit=100');
  for (const { saga, instance } of listOf(body['items']))
    await member.post(`/v1/engine/sagas/${textOf(saga)}/${textOf(instance)}/retry`, {
      reason: 'the platform is well again',
    });
}
