import { HandleEvent, ParkSaga } from '../../../domain/engine/saga-commands.js';
import type { InputReference } from '../../../domain/engine/saga-events.js';
import { sagaCategory, sagaId, strayInstance } from '../../../domain/engine/saga-instance.js';
import { Unavailable, messageOf } from '../../../domain/kernel/errors.js';
import type { AnyEvent, CommandContext, Recorded } from '../../../domain/kernel/event.js';
import { streamName, type WorkspaceId } from '../../../domain/kernel/names.js';
import type { DocumentKey } from '../../../domain/kernel/ports/read-model-store.js';
import type { AnySaga } from '../../../domain/kernel/saga.js';
import type { HandedEvent } from '../projections/handed-event.js';
import { inputCommandId, type SagaPorts } from './saga-ports.js';

/** One input on its way to one instance. */
export interface SagaInput {
  readonly saga: AnySaga;
  readonly workspace: WorkspaceId;
  readonly instance: string;
  readonly event: Recorded<AnyEvent>;
  /** Why it goes to nobody: it cannot be told whom it concerns. */
  readonly stray?: string;
}

export function keyOf({ saga, workspace, instance }: SagaInput): DocumentKey {
  return { workspace, id: sagaId({ saga: saga.name, instance }) };
}

/** The instances that an event concerns; of one that cannot be read nobody can tell, so it is parked by itself. */
export function inputsOf(
  sagas: readonly AnySaga[],
  handed: Pick<HandedEvent, 'type' | 'event' | 'undecoded'>,
): readonly SagaInput[] {
  const concerned = sagas.filter(({ inputs }) => Object.hasOwn(inputs, handed.type));
  if (concerned.length === 0) return [];
  let event: Recorded<AnyEvent>;
  try {
    ({ event } = handed);
  } catch (fault) {
    return concerned.map((saga) => strayInput(saga, handed.undecoded, messageOf(fault)));
  }
  return concerned.flatMap((saga) => inputsFor(saga, event));
}

/** The instances of one saga that an event concerns, each once. */
export function inputsFor(saga: AnySaga, event: Recorded<AnyEvent>): readonly SagaInput[] {
  const { workspace } = event;
  try {
    const instances = [...new Set([saga.id(event)].flat())];
    for (const instance of instances)
      streamName(sagaCategory, workspace, sagaId({ saga: saga.name, instance }));
    return instances.map((instance) => ({ saga, workspace, instance, event }));
  } catch (fault) {
    return [
      strayInput(saga, event, `${saga.name} does not say whom the event concerns: ${messageOf(fault)}`),
    ];
  }
}

function strayInput(saga: AnySaga, event: Recorded<AnyEvent>, stray: string): SagaInput {
  return { saga, workspace: event.workspace, instance: strayInstance(event.id), event, stray };
}

/**
 * Hands an input to its instance. What cannot be handed over is parked, and harms nobody else; redelivery is
 * harmless.
 *
 * @param late it comes behind later ones
 * @throws Unavailable when it is to be tried again
 */
export async function handOver(
  ports: Pick<SagaPorts, 'send' | 'clock' | 'logger'>,
  input: SagaInput,
  late = false,
): Promise<void> {
  const { saga, instance, event, stray } = input;
  if (stray !== undefined) return parkInput(ports, input, instance, stray);
  const command = Object.assign(new HandleEvent(), { saga: saga.name, instance, event, late });
  try {
    await ports.send(command, await contextOf(ports, input, instance));
    return;
  } catch (error) {
    if (error instanceof Unavailable) throw error;
    await parkWhereItCan(ports, input, messageOf(error));
  }
}

/** In the instance itself, or, when its stream takes nothing, in one of its own. */
async function parkWhereItCan(
  ports: Pick<SagaPorts, 'send' | 'clock' | 'logger'>,
  input: SagaInput,
  reason: string,
): Promise<void> {
  try {
    await parkInput(ports, input, input.instance, reason);
  } catch (error) {
    if (error instanceof Unavailable) throw error;
    const stray = strayInstance(input.event.id);
    await parkInput(ports, input, stray, `${input.instance} cannot be reached: ${messageOf(error)}`);
  }
}

async function parkInput(
  ports: Pick<SagaPorts, 'send' | 'clock' | 'logger'>,
  input: SagaInput,
  instance: string,
  reason: string,
): Promise<void> {
  const { id, type, stream, revision, position } = input.event;
  const reference: InputReference = {
    id,
    type,
    stream,
    revision: revision.toString(),
    position: position.toString(),
  };
  ports.logger.warn({ saga: input.saga.name, instance, reason }, 'an instance of a saga is parked');
  const command = Object.assign(new ParkSaga(), {
    saga: input.saga.name,
    instance,
    reason,
    input: reference,
  });
  await ports.send(command, await contextOf(ports, input, instance));
}

async function contextOf(
  { clock }: Pick<SagaPorts, 'clock'>,
  { saga, workspace, event }: SagaInput,
  instance: string,
): Promise<CommandContext> {
  const stream = streamName(sagaCategory, workspace, sagaId({ saga: saga.name, instance }));
  return {
    workspace,
    actor: 'system',
    at: await clock.now(),
    commandId: inputCommandId(stream, event.id),
    correlationId: event.correlationId,
    causationId: event.id,
  };
}
