import {
  type AllStreamResolvedEvent,
  type EventStoreDBClient,
  type PersistentSubscriptionToAll,
  type PersistentSubscriptionToStream,
  type ResolvedEvent,
  START,
  persistentSubscriptionToAllSettingsFromDefaults,
  persistentSubscriptionToStreamSettingsFromDefaults,
} from '@eventstore/db-client';

export type StreamSettings = Parameters<typeof persistentSubscriptionToStreamSettingsFromDefaults>[0];
export type AllSettings = Parameters<typeof persistentSubscriptionToAllSettingsFromDefaults>[0];

/** Settings of a group that begins at the start, unless told otherwise. */
export function settings(changes: StreamSettings = {}) {
  return persistentSubscriptionToStreamSettingsFromDefaults({ startFrom: START, ...changes });
}

export function allSettings(changes: AllSettings = {}) {
  return persistentSubscriptionToAllSettingsFromDefaults({ startFrom: START, ...changes });
}

/** A message as a subscriber got it. */
export interface Given {
  readonly type: string | undefined;
  readonly retryCount: number;
  readonly resolved: ResolvedEvent | AllStreamResolvedEvent;
}

type Answer = (given: Given, subscriber: Subscriber) => Promise<void> | void;

/** Writes down what a persistent subscription gives, and answers each message as it is told to. */
export class Subscriber {
  readonly given: Given[] = [];
  readonly errors: string[] = [];
  isConfirmed = false;
  private check: () => void = () => {};

  constructor(
    readonly subscription: PersistentSubscriptionToStream | PersistentSubscriptionToAll,
    answer: Answer = () => {},
  ) {
    subscription.on('confirmation', () => {
      this.isConfirmed = true;
      this.check();
    });
    subscription.on('data', (resolved: ResolvedEvent & { retryCount: number }) => {
      const given = { type: resolved.event?.type, retryCount: resolved.retryCount, resolved };
      this.given.push(given);
      void answer(given, this);
      this.check();
    });
    subscription.on('error', (error) => {
      this.errors.push('type' in error ? String(error.type) : error.message);
      this.check();
    });
  }

  static toStream(
    client: EventStoreDBClient,
    stream: string,
    group: string,
    answer?: Answer,
    bufferSize = 10,
  ): Subscriber {
    const subscription = client.subscribeToPersistentSubscriptionToStream(stream, group, { bufferSize });
    return new Subscriber(subscription, answer);
  }

  get types(): (string | undefined)[] {
    return this.given.map(({ type }) => type);
  }

  ack({ resolved }: Given): Promise<void> {
    return this.subscription.ack(resolved);
  }

  nack(action: 'park' | 'retry' | 'skip' | 'stop', { resolved }: Given, reason = 'because'): Promise<void> {
    return this.subscription.nack(action, reason, resolved);
  }

  until(condition: (subscriber: this) => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.check = () => {
        if (condition(this)) resolve();
      };
      this.check();
    });
  }

  untilGiven(count: number): Promise<void> {
    return this.until(({ given }) => given.length >= count);
  }

  leave(): Promise<void> {
    return this.subscription.unsubscribe();
  }
}

export const acknowledge: Answer = (given, subscriber) => subscriber.ack(given);

/** Asks again and again, a little later each time, until the answer is as wanted; a test's time limit ends it. */
export async function eventually<Result>(
  ask: () => Promise<Result>,
  isWanted: (result: Result) => boolean,
): Promise<Result> {
  for (;;) {
    const result = await ask();
    if (isWanted(result)) return result;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
