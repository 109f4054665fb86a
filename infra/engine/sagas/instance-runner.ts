import {
  FireTimer,
  HandleHeldEvent,
  ParkSaga,
  RecordAnswer,
  type StepAnswer,
  type ToSaga,
} from '../../../domain/engine/saga-commands.js';
import type { InputReference } from '../../../domain/engine/saga-events.js';
import { isStray, partsOfSagaId, sagaCategory } from '../../../domain/engine/saga-instance.js';
import type { PendingStep } from '../../../domain/engine/saga-state.js';
import { dueWork, wakeAt, type SagaWork } from '../../../domain/engine/saga-work.js';
import {
  AxionError,
  InvalidRequest,
  InvariantBroken,
  NotFound,
  Rejected,
  Unavailable,
  codeOf,
  messageOf,
} from '../../../domain/kernel/errors.js';
import type { AnyEvent, CommandContext, Recorded } from '../../../domain/kernel/event.js';
import { streamName } from '../../../domain/kernel/names.js';
import { AppendRefused } from '../../../domain/kernel/ports/event-log.js';
import type { DocumentKey } from '../../../domain/kernel/ports/read-model-store.js';
import type { AnySaga } from '../../../domain/kernel/saga.js';
import { crashPoint } from '../../system/crash-points.js';
import type { FiringGate } from './firing-gate.js';
import { handOver, inputsFor } from './saga-inputs.js';
import { stepCommandId, type SagaPorts } from './saga-ports.js';

/** `rest`: nothing to do before `wakeAt`. `wait`: it is run again by whoever it waits for. */
export type RunOutcome =
  { readonly kind: 'rest'; readonly wakeAt?: string | undefined } | { readonly kind: 'wait' };

/** One instance, and its saga. */
interface Self {
  readonly key: DocumentKey;
  readonly saga: AnySaga;
  readonly id: string;
  readonly correlationId: string | null;
}

/** Does what one instance has to do by itself: what it held, its steps, its timers. */
export class InstanceRunner {
  private readonly sagas: ReadonlyMap<string, AnySaga>;

  constructor(
    private readonly ports: SagaPorts,
    private readonly gate: Pick<FiringGate, 'pass'>,
  ) {
    this.sagas = new Map(ports.sagas.map((saga) => [saga.name, saga]));
  }

  /**
   * Until nothing is due, or `stopped`. Everything it does may be done twice, or by two at once.
   *
   * @throws Unavailable when it is to be tried again
   */
  async run(key: DocumentKey, stopped: () => boolean): Promise<RunOutcome> {
    const { clock, stateOf } = this.ports;
    const { saga: name, instance: id } = partsOfSagaId(key.id);
    const saga = this.sagas.get(name);
    // Its code is not here, or no longer: whoever has it goes on.
    if (!saga) return { kind: 'rest' };
    while (!stopped()) {
      const instance = await stateOf(key.workspace, key.id);
      const work = dueWork(instance, await clock.now());
      if (!work) return { kind: 'rest', wakeAt: wakeAt(instance) };
      const self: Self = { key, saga, id, correlationId: instance.correlationId };
      try {
        if ((await this.work(self, work)) === 'wait') return { kind: 'wait' };
      } catch (error) {
        if (error instanceof Unavailable) throw error;
        await this.park(self, messageOf(error));
      }
    }
    return { kind: 'wait' };
  }

  private async work(self: Self, work: SagaWork): Promise<'done' | 'wait'> {
    switch (work.kind) {
      case 'held':
        await this.handleHeld(self, work.event);
        break;
      case 'step':
        await this.takeStep(self, work.pending);
        break;
      case 'timer': {
        const { name, due } = work;
        const appliedTo = await this.gate.pass(self.key, { name, due });
        if (appliedTo === 'wait') return 'wait';
        crashPoint('timer.due');
        await this.record(self, new FireTimer(), { name, due, appliedTo });
        crashPoint('timer.fired');
        break;
      }
    }
    return 'done';
  }

  private async handleHeld(self: Self, held: InputReference): Promise<void> {
    const event = await this.find(held);
    if (isStray(self.id)) {
      const inputs = inputsFor(self.saga, event);
      for (const input of inputs) {
        if (input.stray !== undefined) return this.park(self, input.stray);
        await handOver(this.ports, input, true);
      }
    }
    await this.record(self, new HandleHeldEvent(), { event });
  }

  /** @throws InvariantBroken when the log does not hold what the instance was told of */
  private async find({ stream, revision, id }: InputReference): Promise<Recorded<AnyEvent>> {
    const { log, codec } = this.ports;
    const stored = await log.readAt(stream, BigInt(revision));
    if (stored?.id === id) return codec.decodeSealed(stored);
    throw new InvariantBroken('engine.no-input', `${stream} holds no event ${id} at ${revision}`);
  }

  /**
   * Sends the step's command, under the id of every other attempt, and records the answer. Its time is that of this
   * attempt: what was decided before a worker died, and is done after a deadline, is late.
   */
  private async takeStep(self: Self, pending: PendingStep): Promise<void> {
    const { key, saga } = self;
    const type = saga.commands[pending.command];
    if (!type) return this.park(self, `${saga.name} sends no ${pending.command} any more`);
    const stream = streamName(sagaCategory, key.workspace, key.id);
    const cancels = pending.cancels && { cancels: stepCommandId(stream, pending.cancels) };
    const command = Object.assign(new type(), pending.data, cancels);
    const commandId = stepCommandId(stream, pending.step);
    const at = await this.ports.clock.now();
    const context = { workspace: key.workspace, actor: 'system', commandId, ...pending.sentWith, at };
    crashPoint('saga.sending');
    const answer = await this.answerTo(command, context, pending);
    crashPoint('saga.sent');
    if (answer.kind === 'unanswered')
      this.ports.logger.warn({ saga: key.id, command: pending.command, ...answer }, 'a step has no answer');
    await this.record(self, new RecordAnswer(), { step: pending.step, answer });
    crashPoint('saga.recorded');
  }

  private async answerTo(
    command: object,
    context: CommandContext,
    { attempts }: PendingStep,
  ): Promise<StepAnswer> {
    try {
      const { position = null } = await this.ports.send(command, context);
      return { kind: 'accepted', position };
    } catch (error) {
      if (error instanceof AxionError && isFinal(error))
        return { kind: 'refused', code: error.code, message: error.message, details: error.details };
      return { kind: 'unanswered', attempt: attempts + 1, reason: messageOf(error) };
    }
  }

  /** Sends a command to the instance itself. @throws whatever its stream cannot take */
  private async record<Command extends ToSaga>(
    self: Self,
    command: Command,
    fields: Omit<Command, keyof ToSaga>,
  ): Promise<void> {
    Object.assign(command, { saga: self.saga.name, instance: self.id }, fields);
    try {
      await this.ports.send(command, await this.contextFor(self));
    } catch (error) {
      // The clock was put back since it was asked: the next look tells.
      if (codeOf(error) !== 'engine.timer-not-due') throw error;
    }
  }

  private async park(self: Self, reason: string): Promise<void> {
    this.ports.logger.warn({ saga: self.key.id, reason }, 'an instance of a saga is parked');
    await this.record(self, new ParkSaga(), { reason });
  }

  private async contextFor({ key, correlationId }: Self): Promise<CommandContext> {
    const { clock, ids } = this.ports;
    const commandId = ids.next();
    const at = await clock.now();
    return {
      workspace: key.workspace,
      actor: 'system',
      at,
      commandId,
      correlationId: correlationId ?? commandId,
      causationId: '',
    };
  }
}

/** A refusal for good: nothing was changed, and asking again would give the same. */
function isFinal(error: AxionError): boolean {
  return [Rejected, InvalidRequest, NotFound, AppendRefused].some((kind) => error instanceof kind);
}
