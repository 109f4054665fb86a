import { EventStoreDBClient, eventTypeFilter, START } from '@eventstore/db-client';
import { print } from '../../apps/cli/terminal.js';
import { pause } from '../../infra/system/pause.js';
import { latencyOf, rounded } from '../kit/statistics.js';
import { scaled, type Figures } from '../kit/parts.js';
import { startProgram, withNodes, withProgram } from './part.js';
import type { RemindRequest } from './remind-program.js';
import type { Urls } from './stores.js';

const count = scaled(10_000);
/** All of them are due within this time. */
const spreadMs = 1000;
/** What setting them and handing them over may take; who is later than that fires later. */
const leadMs = scaled(40_000);
/** So many have fired when the worker is killed. */
const firedAtKill = scaled(3000);
const giveUpAfterMs = 300_000;

/** Timers that are due at once, fired across a kill of the worker that fires them. */
export async function timersPart(): Promise<Figures> {
  return withNodes(async (urls) => {
    const watch = new Watch(urls);
    const firstDue = Date.now() + leadMs;
    let worker = startProgram('worker');
    await worker.ask({ urls });
    const asked: RemindRequest = { urls, count, firstDue, spreadMs };
    await withProgram('remind', (program) => program.ask(asked));
    const isSetInTime = await watch.until('SagaReacted', count, firstDue - Date.now());
    print(`${Math.min(count, watch.count('SagaReacted'))} timers of ${count} are set`);
    await watch.until('ReminderRung', firedAtKill, firstDue - Date.now() + giveUpAfterMs);
    const killedAt = Date.now();
    await worker.kill();
    worker = startProgram('worker');
    try {
      await worker.ask({ urls });
      print(`killed ${rounded((killedAt - firstDue) / 1000)} s after the first was due`);
      await watch.until('StepAccepted', count, giveUpAfterMs);
    } finally {
      await worker.stop();
      await watch.close();
    }
    const { fired, lateMs } = await firedTimers(urls);
    const isOnceEach = fired.size === count && [...fired.values()].every((times) => times === 1);
    return {
      latency: { timers: latencyOf(lateMs), timersLast: rounded(Math.max(...lateMs), 4) },
      counts: { timersFired: fired.size, timersSetInTime: isSetInTime ? 1 : 0 },
      correct: isOnceEach && lateMs.every((late) => late >= 0),
    };
  });
}

/** Counts what happens as it happens. */
class Watch {
  private readonly counts = new Map<string, number>();
  private readonly client: EventStoreDBClient;
  private readonly subscription: ReturnType<EventStoreDBClient['subscribeToAll']>;

  constructor({ eventStoreUrl }: Urls) {
    this.client = EventStoreDBClient.connectionString(eventStoreUrl);
    this.subscription = this.client.subscribeToAll({
      fromPosition: START,
      filter: eventTypeFilter({ regex: '^(SagaReacted|ReminderRung|StepAccepted)$' }),
    });
    this.subscription.on('data', ({ event }) => {
      if (event) this.counts.set(event.type, this.count(event.type) + 1);
    });
  }

  count(type: string): number {
    return this.counts.get(type) ?? 0;
  }

  /** @returns false when the time is over */
  async until(type: string, wanted: number, withinMs: number): Promise<boolean> {
    const deadline = Date.now() + withinMs;
    const never = new AbortController().signal;
    while (this.count(type) < wanted && Date.now() < deadline) await pause(5, never);
    return this.count(type) >= wanted;
  }

  async close(): Promise<void> {
    await this.subscription.unsubscribe();
    await this.client.dispose();
  }
}

/** How often each reminder rang, and how late each was, by the event store's clock, which is this machine's. */
async function firedTimers({ eventStoreUrl }: Urls) {
  const client = EventStoreDBClient.connectionString(eventStoreUrl);
  const fired = new Map<string, number>();
  const lateMs: number[] = [];
  for await (const { event } of client.readAll({ fromPosition: START })) {
    if (event?.type !== 'ReminderRung') continue;
    const { reminder, due } = event.data as { reminder: string; due: string };
    fired.set(reminder, (fired.get(reminder) ?? 0) + 1);
    lateMs.push(event.created.getTime() - Date.parse(due));
  }
  await client.dispose();
  return { fired, lateMs };
}
