import { Aggregates } from '../../infra/engine/commands/aggregates.js';
import { CommandExecution } from '../../infra/engine/commands/command-execution.js';
import { reminder, SetReminder } from '../../infra/engine/sagas/testing/reminders.js';
import { EventStoreDbEventLog } from '../../infra/eventstore/eventstoredb-event-log.js';
import { randomIds } from '../../infra/system/random-ids.js';
import { answerMessages } from '../kit/child-program.js';
import { codec, newContext, type Urls } from './stores.js';

export interface RemindRequest {
  readonly urls: Urls;
  readonly count: number;
  /** Milliseconds of the Unix epoch: when the first is due; the others follow within `spreadMs`. */
  readonly firstDue: number;
  readonly spreadMs: number;
}

const inFlight = 64;

/** Sets reminders, each by a command. */
answerMessages(async ({ urls, count, firstDue, spreadMs }: RemindRequest) => {
  const { eventStoreUrl, origin } = urls;
  const log = new EventStoreDbEventLog(eventStoreUrl);
  const aggregates = new Aggregates(log, codec);
  const execution = new CommandExecution({ log, codec, origin, ids: randomIds, aggregates, pauseMs: 500 });
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      const number = next++;
      const due = new Date(firstDue + Math.floor((number * spreadMs) / count)).toISOString();
      const command = Object.assign(new SetReminder(), { reminder: `r${number}`, due });
      await execution.execute(reminder, command, { context: newContext() }, []);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  await log.close();
  return { count };
});
