import {
  START,
  streamNameFilter,
  type AllStreamRecordedEvent,
  type EventStoreDBClient,
} from '@eventstore/db-client';
import { messageOf } from '../../domain/kernel/errors.js';
import { LogUnavailable, type LogSignal, type StoredEvent } from '../../domain/kernel/ports/event-log.js';
import { jsonWeight } from '../system/json-weight.js';

/** Above this many events that wait to be handled, the client is asked to wait. */
const highWater = 2000;
const lowWater = 500;
/** And above these many bytes, about. */
const highWeight = 16 * 1024 * 1024;
const lowWeight = highWeight / 4;

interface Marker {
  readonly signal: LogSignal;
  /** It counts once this many events were handed over. */
  readonly behind: number;
}

/**
 * `$all` after a position, system streams left out, as signals in the order of the log.
 *
 * The client emits `caughtUp` and checkpoints when they come off the wire, while events delivered before them still
 * wait in its buffer. So each marker notes how many events were ahead of it, and is handed over behind those.
 */
export async function* signalsOf(
  client: EventStoreDBClient,
  after: bigint | undefined,
  stop: AbortSignal,
  toStored: (event: AllStreamRecordedEvent, commitPosition: bigint | undefined) => StoredEvent,
): AsyncIterable<LogSignal> {
  if (stop.aborted) return;
  let received = 0;
  const events: { readonly event: StoredEvent; readonly weight: number }[] = [];
  let weightHeld = 0;
  const markers: Marker[] = [];
  const end: { reached: boolean; failure: unknown } = { reached: false, failure: undefined };
  let wake = (): void => undefined;

  const mark = (signal: LogSignal): void => {
    markers.push({ signal, behind: received + subscription.readableLength });
    wake();
  };
  const subscription = client.subscribeToAll({
    fromPosition: after === undefined ? START : { commit: after, prepare: after },
    filter: streamNameFilter({
      regex: '^[^$]',
      checkpointInterval: 1,
      checkpointReached: (_subscription, position) => mark({ kind: 'reached', position: position.commit }),
    }),
  });
  subscription
    .on('data', ({ event }) => {
      received++;
      if (event) {
        const weight = jsonWeight(event.data);
        weightHeld += weight;
        events.push({ event: toStored(event, undefined), weight });
      }
      if (events.length >= highWater || weightHeld >= highWeight) subscription.pause();
      wake();
    })
    .on('caughtUp', () => mark({ kind: 'caughtUp' }))
    .on('error', (error: unknown) => {
      end.failure = error;
      end.reached = true;
      wake();
    })
    .on('end', () => {
      end.reached = true;
      wake();
    });
  const onStop = (): void => wake();
  stop.addEventListener('abort', onStop);

  let handled = 0;
  const stopped = (): boolean => stop.aborted;
  try {
    while (!stopped()) {
      const marker = markers[0];
      if (marker && marker.behind <= handled) {
        markers.shift();
        yield marker.signal;
        continue;
      }
      const batch = events.splice(0, markers[0] ? markers[0].behind - handled : events.length);
      for (const { event, weight } of batch) {
        handled++;
        weightHeld -= weight;
        yield { kind: 'event', event };
        if (stopped()) return;
      }
      if (batch.length > 0) {
        if (subscription.isPaused() && events.length <= lowWater && weightHeld <= lowWeight)
          subscription.resume();
        continue;
      }
      if (end.reached)
        throw new LogUnavailable(
          end.failure === undefined ? 'the subscription ended' : messageOf(end.failure),
        );
      await new Promise<void>((resume) => {
        wake = resume;
        if (events.length > 0 || end.reached || stopped() || markers.some(({ behind }) => behind <= handled))
          resume();
      });
    }
  } finally {
    stop.removeEventListener('abort', onStop);
    await subscription.unsubscribe();
  }
}
