import type { AnyDecider, CommandClasses, Decider } from '../../../domain/kernel/decider.js';
import { Rejected, Unavailable } from '../../../domain/kernel/errors.js';
import type { JsonValue } from '../../../domain/kernel/json.js';
import type { AnyEvent, CommandContext } from '../../../domain/kernel/event.js';
import { streamName, type WorkspaceId } from '../../../domain/kernel/names.js';
import { AppendUnknown, LogUnavailable, RevisionConflict } from '../../../domain/kernel/ports/event-log.js';
import { crashPoint } from '../../system/crash-points.js';
import { answerOf, type Answer } from './aggregates.js';
import { CommandRound, type RoundPorts } from './command-round.js';
import {
  IdempotencyStreams,
  type Attempt,
  type Outcome,
  type RequestFingerprint,
  type Reservation,
} from './idempotency-stream.js';
import type { ExecutionContext } from './execution-context.js';
import { Turns } from './turns.js';

/** So many conflicts in a row mean that something else is wrong than two people at once. */
const maximumRounds = 50;

/** The one place where commands are carried out: load → already done? → decide → append → on conflict decide again. */
export class CommandExecution {
  private readonly round: CommandRound;
  private readonly reservations: IdempotencyStreams;
  private readonly turns = new Turns();

  constructor(private readonly ports: RoundPorts) {
    this.round = new CommandRound(ports);
    this.reservations = new IdempotencyStreams(ports.log, ports.ids);
  }

  /**
   * @param command the platform's own fields are filled in; a repeat under the same key gets those of the first attempt
   * @param platformFields their names
   * @throws Rejected when a rule says no
   * @throws KeyReused when the key came with another request before
   * @throws Unavailable `command.unknown` when no answer came; repeating with the same key is safe
   */
  async execute(
    decider: AnyDecider,
    command: object,
    { context, fingerprint }: ExecutionContext,
    platformFields: readonly string[],
  ): Promise<Answer> {
    const name = fingerprint
      ? this.reservations.streamOf(fingerprint)
      : this.round.streamOf(decider, command, context);
    return this.turns.take(name, () =>
      untilNoConflict(() =>
        fingerprint
          ? this.executeOnce(decider, command, context, fingerprint, platformFields)
          : this.executeRound(decider, command, context),
      ),
    );
  }

  /**
   * An aggregate's state as the server has it now: of a stream that is known here only the tail is read.
   *
   * @throws LogUnavailable
   */
  async stateOf<State, Event extends AnyEvent, Commands extends CommandClasses>(
    decider: Decider<State, Event, Commands>,
    workspace: WorkspaceId,
    id: string,
  ): Promise<State> {
    const { aggregates } = this.ports;
    const rules: AnyDecider = decider;
    const stream = streamName(decider.category, workspace, id);
    return this.turns.take(stream, async () => {
      const aggregate = await aggregates.load(rules, stream);
      if (!aggregate.fresh) await aggregates.refresh(rules, aggregate);
      // `evolve` of this decider gives its own state.
      return aggregate.state as State;
    });
  }

  private async executeRound(decider: AnyDecider, command: object, context: CommandContext): Promise<Answer> {
    const decision = await this.round.decide(decider, command, context);
    switch (decision.kind) {
      case 'alreadyDone':
        return decision.answer;
      case 'nothingToDo':
        return answerOf(decision.aggregate);
      case 'refused':
        throw decision.refusal;
      case 'events':
        return this.round.append(decider, decision.aggregate, decision.events, context);
    }
  }

  /** A round of rule C3: the reservation first, then the target, both at exactly the revisions that were read. */
  private async executeOnce(
    decider: AnyDecider,
    command: object,
    asked: CommandContext,
    fingerprint: RequestFingerprint,
    platformFields: readonly string[],
  ): Promise<Answer> {
    const stream = this.reservations.streamOf(fingerprint);
    const reservation = await this.reservations.read(stream, fingerprint);
    const attempt = reservation.first ?? {
      commandId: this.reservations.commandIdOf(stream),
      at: asked.at,
      generated: Object.fromEntries(
        platformFields.map((field) => [field, Reflect.get(command, field) as JsonValue] as const),
      ),
    };
    Object.assign(command, attempt.generated);
    if (reservation.outcome) return repeat(reservation.outcome);
    const context = { ...asked, commandId: attempt.commandId, at: attempt.at };
    const target = this.round.streamOf(decider, command, context);
    return this.turns.take(target, async () => {
      this.traceAttempt(asked, context);
      const decision = await this.round.decide(decider, command, context);
      const answered = (outcome: Outcome) => this.settle(reservation, fingerprint, attempt, outcome);
      switch (decision.kind) {
        case 'alreadyDone':
          // Its key was reserved after it was read here: only now is it known for which body, and with which ids.
          if (!reservation.first)
            Object.assign(command, (await this.reservations.read(stream, fingerprint)).first?.generated);
          return decision.answer;
        case 'nothingToDo':
          return answered({ kind: 'accepted', answer: answerOf(decision.aggregate) });
        case 'refused':
          return answered(outcomeOf(decision.refusal));
        case 'events': {
          const salt = this.ports.ids.salt();
          const { aggregate, events } = decision;
          await this.reservations.attempt(
            reservation,
            fingerprint,
            attempt,
            target,
            aggregate.last?.revision,
            salt,
          );
          crashPoint('idempotency.reserved');
          return this.round.append(decider, aggregate, events, context);
        }
      }
    });
  }

  /** Under a key a command bears the id of its first attempt: the trace shows both. */
  private traceAttempt({ commandId }: CommandContext, attempt: CommandContext): void {
    const { correlationId, commandId: id } = attempt;
    this.ports.traces?.record({
      name: 'attempt',
      correlationId,
      id,
      causeId: commandId,
      startedAt: Date.now(),
    });
  }

  private async settle(
    reservation: Reservation,
    fingerprint: RequestFingerprint,
    attempt: Attempt,
    outcome: Outcome,
  ): Promise<Answer> {
    await this.reservations.answer(reservation, fingerprint, attempt, outcome, this.ports.ids.salt());
    crashPoint('idempotency.answered');
    return repeat(outcome);
  }
}

async function untilNoConflict(round: () => Promise<Answer>): Promise<Answer> {
  for (let rounds = 0; rounds < maximumRounds; rounds++) {
    try {
      return await round();
    } catch (error) {
      if (error instanceof RevisionConflict) continue;
      if (error instanceof AppendUnknown || error instanceof LogUnavailable)
        throw new Unavailable(
          'command.unavailable',
          'the event log does not answer; repeat with the same key',
        );
      throw error;
    }
  }
  throw new Unavailable(
    'command.contended',
    'too many others changed the same thing at the same time; repeat it',
  );
}

function outcomeOf(refusal: Error): Outcome {
  if (!(refusal instanceof Rejected)) throw refusal;
  return { kind: 'rejected', code: refusal.code, message: refusal.message, details: refusal.details };
}

function repeat(outcome: Outcome): Answer {
  if (outcome.kind === 'accepted') return outcome.answer;
  throw new Rejected(outcome.code, outcome.message, outcome.details);
}
