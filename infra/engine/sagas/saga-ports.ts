import { hash } from 'node:crypto';
import type { Logger } from 'pino';
import type { StepReference } from '../../../domain/engine/saga-events.js';
import type { SagaInstance } from '../../../domain/engine/saga-state.js';
import type { CommandContext } from '../../../domain/kernel/event.js';
import type { WorkspaceId } from '../../../domain/kernel/names.js';
import type { EventLog } from '../../../domain/kernel/ports/event-log.js';
import type {
  ReadModelReader,
  ReadModelStore,
  ReadModelVersion,
} from '../../../domain/kernel/ports/read-model-store.js';
import type { AnySaga } from '../../../domain/kernel/saga.js';
import type { Clock, IdSource } from '../../../domain/kernel/time.js';
import type { EventCodec } from '../../eventstore/event-codec.js';
import { contentId } from '../../eventstore/chain.js';

/** What the machinery of sagas works with. */
export interface SagaPorts {
  readonly sagas: readonly AnySaga[];
  readonly log: EventLog;
  readonly codec: EventCodec;
  /** Where the checkpoints are. */
  readonly store: Pick<ReadModelStore, 'prepare' | 'checkpoints' | 'saveCheckpoint'>;
  readonly readModels: Pick<ReadModelReader, 'due'>;
  /** The read model that says which instances have something to do, and when. */
  readonly workList: ReadModelVersion;
  /** Sends a command as a client would. */
  readonly send: (command: object, context: CommandContext) => Promise<{ readonly position?: string }>;
  /** An instance as its stream has it now: never from a read model (rule C8). */
  readonly stateOf: (workspace: WorkspaceId, id: string) => Promise<SagaInstance>;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
}

/** The id of a step's command: without an attempt number, so that every attempt is the same command (rule S1). */
export function stepCommandId(sagaStream: string, { revision, index }: StepReference): string {
  return contentId(hash('sha256', `axion/saga-step/1\n${sagaStream}\n${revision}\n${index}`));
}

/** The id of the command that hands an event to an instance: handed again, it is the same one. */
export function inputCommandId(sagaStream: string, eventId: string): string {
  return contentId(hash('sha256', `axion/saga-input/1\n${sagaStream}\n${eventId}`));
}
