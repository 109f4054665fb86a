import { EventStoreDBClient } from '@eventstore/db-client';
import { CommandHandler } from '@event-driven-io/emmett';
import { getEventStoreDBEventStore } from '@event-driven-io/emmett-esdb';
import { Aggregates } from '../../infra/engine/commands/aggregates.js';
import { CommandExecution } from '../../infra/engine/commands/command-execution.js';
import { EventStoreDbEventLog } from '../../infra/eventstore/eventstoredb-event-log.js';
import { randomIds } from '../../infra/system/random-ids.js';
import { answerMessages } from '../kit/child-program.js';
import { latencyOf, type Latency } from '../kit/statistics.js';
import { account, Deposit, depositOf, type Account, type AccountEvent } from './account.js';
import { codec, newContext, type Urls } from './stores.js';

/** Ours with the cache of aggregates, ours without it, and emmett's command handler. */
export type CommandWay = 'cached' | 'uncached' | 'emmett';

export interface CommandsRequest {
  readonly urls: Urls;
  readonly way: CommandWay;
  /** Every account of a round is new. */
  readonly round: number;
  /** So many at once, each with one account after the other. */
  readonly clients: number;
  readonly accountsPerClient: number;
  readonly commandsPerAccount: number;
}

export interface CommandsReply {
  readonly seconds: number;
  readonly latency: Latency;
  readonly failed: number;
}

type Handle = (command: Deposit) => Promise<unknown>;

let handle: Handle | undefined;

answerMessages(async (request: CommandsRequest): Promise<CommandsReply> => {
  const { way, round, clients, accountsPerClient, commandsPerAccount } = request;
  const carryOut = (handle ??= way === 'emmett' ? withEmmett(request) : withExecution(request));
  const milliseconds: number[] = [];
  let failed = 0;
  const client = async (number: number): Promise<void> => {
    for (let one = 0; one < accountsPerClient; one++)
      for (let command = 0; command < commandsPerAccount; command++) {
        const sent = performance.now();
        const fields = depositOf(command, `${way}-${round}-${number}-${one}`);
        await carryOut(Object.assign(new Deposit(), fields)).catch(() => failed++);
        milliseconds.push(performance.now() - sent);
      }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: clients }, (_none, number) => client(number)));
  const seconds = (performance.now() - started) / 1000;
  return { seconds, latency: latencyOf(milliseconds), failed };
});

function withExecution({ urls, way }: CommandsRequest): Handle {
  const { eventStoreUrl, origin } = urls;
  const log = new EventStoreDbEventLog(eventStoreUrl);
  const aggregates = new Aggregates(log, codec, way === 'cached' ? 10_000 : 0);
  const execution = new CommandExecution({ log, codec, origin, ids: randomIds, aggregates, pauseMs: 500 });
  return (command) => execution.execute(account, command, { context: newContext() }, []);
}

/** As its documentation says: a command handler of `evolve` and the initial state, and a decision for each command. */
function withEmmett({ urls }: CommandsRequest): Handle {
  const eventStore = getEventStoreDBEventStore(EventStoreDBClient.connectionString(urls.eventStoreUrl));
  const handleWithEmmett = CommandHandler<Account, AccountEvent>({
    evolve: (state, event) => account.evolve.Deposited(state, event),
    initialState: () => account.initial,
  });
  return (command) =>
    handleWithEmmett(eventStore, `emmettAccount-bench.${command.account}`, (state) => [
      ...account.decide.Deposit(command, state, newContext()),
    ]);
}
