import type { Erasable } from '../kernel/erasable.js';
import type { ErrorDetails } from '../kernel/errors.js';
import { event, type EventOf } from '../kernel/event.js';
import type { JsonObject } from '../kernel/json.js';
import type { TimerRequest } from '../kernel/saga.js';

/** A command as it is stored: the name of its class, and its fields. */
export interface StoredCommand {
  readonly command: string;
  readonly data: JsonObject;
}

export interface StoredStep extends StoredCommand {
  readonly compensation?: StoredCommand;
}

/** The step `index` of the event at `revision` of the instance's stream; its command's id is made from these (rule S1). */
export interface StepReference {
  /** Decimal. */
  readonly revision: string;
  readonly index: number;
}

/** What every attempt of a step is sent with, so that each decides alike on the same state. */
export interface SentWith {
  /** RFC 3339, UTC, milliseconds: when the step was decided; it is sent with the time of its attempt. */
  readonly at: string;
  readonly correlationId: string;
  readonly causationId: string;
}

/** Where an input event stands in the log. */
export interface InputReference {
  readonly id: string;
  readonly type: string;
  readonly stream: string;
  /** Decimal. */
  readonly revision: string;
  /** Decimal. */
  readonly position: string;
}

export type ReactionCause =
  | ({ readonly kind: 'event' } & InputReference)
  | {
      readonly kind: 'timer';
      readonly name: string;
      readonly due: string;
      /** Decimal: every input up to here was handled before (rule S3); null for an empty log. */
      readonly appliedTo: string | null;
    }
  | { readonly kind: 'refusal'; readonly step: StepReference };

export interface SagaReacted {
  readonly cause: ReactionCause;
  readonly state: JsonObject;
  readonly steps: readonly StoredStep[];
  readonly timers: readonly TimerRequest[];
  readonly cancelledTimers: readonly string[];
  readonly ended: boolean;
  readonly sentWith: SentWith;
}

export interface CompensationStep extends StoredCommand {
  /** The step whose command this one cancels; its id goes into the field `cancels` when it is sent (rule S2). */
  readonly cancels: StepReference;
}

export interface StepRefused {
  readonly step: StepReference;
  readonly code: string;
  readonly message: string;
  readonly details: ErrorDetails;
}

export interface StepUnanswered {
  readonly step: StepReference;
  /** Counted from 1. */
  readonly attempt: number;
  readonly reason: string;
  /** Null: it is not tried again until somebody says so. */
  readonly retryAt: string | null;
}

/** What a person gave as a reason may be erased with the person. */
const byActor = (_data: unknown, { actor }: { readonly actor: string }): string => actor;

/** What can happen to one instance of a saga, in its own stream `saga-<workspace>.<saga>/<instance>`. */
export const sagaEvents = {
  /** The saga decided: its new state, its steps and its timers. */
  SagaReacted: event<SagaReacted>(),
  /** A timer fired, and was nothing to the saga. */
  TimerPassed: event<{ name: string; due: string; appliedTo: string | null }>(),
  /** An input waits, since the instance is parked or others wait before it. */
  EventHeld: event<InputReference>(),
  /** An input that had waited was nothing to the saga. */
  HeldEventPassed: event<{ position: string }>(),
  StepAccepted: event<{ step: StepReference; position: string | null }>(),
  StepRefused: event<StepRefused>(),
  StepUnanswered: event<StepUnanswered>(),
  SagaParked: event<{ reason: string }>(),
  SagaRetried: event<{ reason: Erasable<string> }>({ erasable: { reason: byActor } }),
  SagaCancelled: event<{ reason: Erasable<string> }>({ erasable: { reason: byActor } }),
  /** What was done is undone, in the order of `steps`. */
  CompensationStarted: event<{
    outcome: 'failed' | 'cancelled';
    steps: readonly CompensationStep[];
    sentWith: SentWith;
  }>(),
};
export type SagaEvent = EventOf<typeof sagaEvents>;
