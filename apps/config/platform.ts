import { join } from 'node:path';
import type { Logger } from 'pino';
import { EventCodec } from '../../infra/eventstore/event-codec.js';
import { EventStoreDbEventLog } from '../../infra/eventstore/eventstoredb-event-log.js';
import { obtainOrigin } from '../../infra/eventstore/origin.js';
import { FileSubjectKeys } from '../../infra/keys/file-subject-keys.js';
import { SubjectSealer } from '../../infra/keys/sealing.js';
import { MongoReadModelStore } from '../../infra/mongo/mongo-read-model-store.js';
import { ColumnStore } from '../../infra/objects/columns.js';
import { FileObjectStore } from '../../infra/objects/file-object-store.js';
import { Aggregates } from '../../infra/engine/commands/aggregates.js';
import { AggregateStates } from '../../infra/engine/commands/aggregate-states.js';
import { CommandExecution } from '../../infra/engine/commands/command-execution.js';
import type { Traces } from '../../infra/telemetry/traces.js';
import { randomIds } from '../../infra/system/random-ids.js';
import { systemClock } from '../../infra/system/system-clock.js';
import type { Configuration } from './configuration.js';
import { eventTables } from './contexts.js';
import { Leases } from '../../infra/engine/leases/leases.js';
import { MongoLeaseStore } from '../../infra/mongo/mongo-lease-store.js';
import { isDeadHolder, thisHolder } from '../../infra/system/lease-holder.js';
import { obtainSigningKeys } from './audit.js';
import { keysDirectoryOf, objectsDirectoryOf } from './data-directories.js';
import { newLogger } from './logger.js';
import type { SigningKeys } from '../../infra/audit/keys/signing-keys.js';
import { Troubles } from './troubles.js';
import { openClock, type PlatformClock } from './platform-clock.js';

export interface StoreUrls {
  readonly eventStoreUrl: string;
  readonly mongoUrl: string;
}

/** Everything below the apps, wired once. */
export interface Platform {
  readonly configuration: Configuration;
  readonly logger: Logger;
  readonly urls: StoreUrls;
  readonly log: EventStoreDbEventLog;
  readonly store: MongoReadModelStore;
  readonly codec: EventCodec;
  readonly origin: string;
  readonly execution: CommandExecution;
  readonly states: AggregateStates;
  readonly objects: FileObjectStore;
  readonly columns: ColumnStore;
  readonly clock: PlatformClock;
  /** What this process holds of the work that processes share. */
  readonly leases: Leases;
  readonly ids: typeof randomIds;
  /** Undefined unless the settings say where traces go. */
  readonly traces: Traces | undefined;
  /** Of the origin's log: what is sealed and receipted is signed with them. */
  readonly signingKeys: SigningKeys;
  /** What its parts complain of, for the health of this process. */
  readonly troubles: Troubles;
  close(): Promise<void>;
}

/** How long an append that stayed without an answer rests before it is sent again. */
const pauseMs = 500;

export function newCodec(configuration: Configuration): EventCodec {
  const subjectKeys = new FileSubjectKeys(join(keysDirectoryOf(configuration), 'subjects'));
  return new EventCodec(eventTables, new SubjectSealer(subjectKeys));
}

export async function openPlatform(
  configuration: Configuration,
  urls: StoreUrls,
  part: string,
): Promise<Platform> {
  const log = new EventStoreDbEventLog(urls.eventStoreUrl);
  const store = new MongoReadModelStore(urls.mongoUrl, configuration.mongoDatabase);
  const leaseStore = new MongoLeaseStore(urls.mongoUrl, configuration.mongoDatabase);
  const leases = new Leases({ store: leaseStore, holder: thisHolder(), isDead: isDeadHolder });
  const codec = newCodec(configuration);
  const objects = new FileObjectStore(objectsDirectoryOf(configuration));
  const traces = await startTraces(configuration, part);
  const close = async (): Promise<void> => {
    await traces?.stop();
    await leases.stop();
    await leaseStore.close();
    await log.close();
    await store.close();
  };
  const ids = randomIds;
  try {
    const origin = await obtainOrigin(log, systemClock, ids);
    const signingKeys = await obtainSigningKeys(configuration, origin);
    const aggregates = new Aggregates(log, codec);
    const execution = new CommandExecution({
      log,
      codec,
      origin,
      ids,
      aggregates,
      pauseMs,
      ...(traces && { traces }),
    });
    const clock = await openClock(configuration.clock, { log, codec, execution, ids });
    return {
      configuration,
      logger: newLogger(configuration, part),
      urls,
      log,
      store,
      codec,
      origin,
      execution,
      states: new AggregateStates(log, codec),
      objects,
      columns: new ColumnStore(objects),
      clock,
      leases,
      ids,
      traces,
      signingKeys,
      troubles: new Troubles(),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Loaded where they are asked for: the exporter takes its time, and most starts need none. */
async function startTraces({ traces }: Configuration, part: string): Promise<Traces | undefined> {
  if (!traces) return undefined;
  const { otlpTraces } = await import('../../infra/telemetry/otlp-traces.js');
  return otlpTraces(traces, part);
}
