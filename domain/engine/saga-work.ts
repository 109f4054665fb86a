import type { InputReference } from './saga-events.js';
import type { PendingStep, SagaInstance } from './saga-state.js';

/** What an instance has to do by itself, without an event from outside. */
export type SagaWork =
  | { readonly kind: 'held'; readonly event: InputReference }
  | { readonly kind: 'step'; readonly pending: PendingStep }
  | { readonly kind: 'timer'; readonly name: string; readonly due: string };

/** Before every clock: work that is due whatever the time. */
export const atOnce = '0000-01-01T00:00:00.000Z';

/**
 * The first thing to do at `now`: what was held first, since timers wait for all inputs (rule S3); then the step
 * whose turn it is; then the earliest timer.
 */
export function dueWork(instance: SagaInstance, now: string): SagaWork | undefined {
  return workInOrder(instance).find(({ due }) => due <= now)?.work;
}

/** When it has something to do next, RFC 3339; undefined: never without an event from outside. */
export function wakeAt(instance: SagaInstance): string | undefined {
  return workInOrder(instance)
    .map(({ due }) => due)
    .reduce<string | undefined>(
      (least, due) => (least === undefined || due < least ? due : least),
      undefined,
    );
}

/** Timers that are waited for, the earliest first. */
export function timersInOrder({ timers }: SagaInstance): readonly { name: string; due: string }[] {
  return Object.entries(timers)
    .map(([name, due]) => ({ name, due }))
    .sort((one, other) => (one.due + one.name < other.due + other.name ? -1 : 1));
}

function workInOrder(instance: SagaInstance): readonly { readonly due: string; readonly work: SagaWork }[] {
  if (instance.parked !== null) return [];
  const [event] = instance.held;
  const [pending] = instance.outbox;
  const held = event ? [{ due: atOnce, work: { kind: 'held', event } as const }] : [];
  const step = pending ? [{ due: pending.retryAt ?? atOnce, work: { kind: 'step', pending } as const }] : [];
  const timers = timersInOrder(instance).map(({ name, due }) => ({
    due,
    work: { kind: 'timer', name, due } as const,
  }));
  return [...held, ...step, ...timers];
}
