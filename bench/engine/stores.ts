import pino from 'pino';
import { sagaInstances } from '../../domain/engine/saga-instance.js';
import type { CommandContext } from '../../domain/kernel/event.js';
import { workspaceId } from '../../domain/kernel/names.js';
import type { AnyProjection } from '../../projections/kernel/projection.js';
import { firstPointer } from '../../infra/engine/projections/pointer-changes.js';
import { reminder, reminding } from '../../infra/engine/sagas/testing/reminders.js';
import { EventCodec } from '../../infra/eventstore/event-codec.js';
import { MongoReadModelStore } from '../../infra/mongo/mongo-read-model-store.js';
import { randomIds } from '../../infra/system/random-ids.js';
import { account } from './account.js';

export interface Urls {
  readonly eventStoreUrl: string;
  readonly mongoUrl: string;
  /** Of the log (rule F2). */
  readonly origin: string;
}

export const workspace = workspaceId('bench');
export const quiet = pino({ level: 'error' }, pino.destination(2));

/** All sagas that are measured. */
export const sagasOfBench = sagaInstances([reminding]);

/** Every event of the benchmarks. */
export const codec = new EventCodec([account.events, reminder.events, sagasOfBench.events], {
  seal: () => Promise.reject(new Error('nothing is sealed here')),
  open: () => Promise.reject(new Error('nothing is sealed here')),
});

export function newContext(): CommandContext {
  const commandId = randomIds.next();
  return {
    workspace,
    actor: 'key:bench',
    at: new Date().toISOString(),
    commandId,
    correlationId: commandId,
    causationId: '',
  };
}

/** Lets a read model of a database begin as if it had run before anything happened, or as one that is to be built. */
export async function beginReadModel(
  { mongoUrl }: Urls,
  database: string,
  model: AnyProjection,
  state: 'live' | 'filling',
): Promise<void> {
  const store = new MongoReadModelStore(mongoUrl, database);
  try {
    await store.prepare(model);
    if (!(await store.replacePointer(firstPointer(model.name, model.version, state))))
      throw new Error(`${database} has ${model.name} already`);
  } finally {
    await store.close();
  }
}

/** Milliseconds by a clock that all processes of the machine share, and that nobody sets. */
export function machineTime(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
