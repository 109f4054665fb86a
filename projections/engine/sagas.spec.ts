import type { SagaEvent } from '../../domain/engine/contract.js';
import { fold, type Happened } from '../kernel/testing.js';
import { sagaList } from './sagas.js';

const at = '2024-06-12T20:00:00.000Z';
const stream = 'saga-acme.dunning/i1';
const first = { revision: '0', index: 0 };

const reacted: Happened<SagaEvent> = {
  stream,
  type: 'SagaReacted',
  data: {
    cause: {
      kind: 'event',
      id: 'e',
      type: 'InvoiceSent',
      stream: 'invoice-acme.i1',
      revision: '0',
      position: '7',
    },
    state: { reminders: 0 },
    steps: [{ command: 'Remind', data: { invoice: 'i1' } }],
    timers: [{ name: 'overdue', due: '2024-07-01T00:00:00.000Z' }],
    cancelledTimers: [],
    ended: false,
    sentWith: { at, correlationId: 'correlation-1', causationId: 'c' },
  },
};
const accepted: Happened<SagaEvent> = { stream, type: 'StepAccepted', data: { step: first, position: '9' } };
const parked: Happened<SagaEvent> = { stream, type: 'SagaParked', data: { reason: 'no paper' } };
const retried: Happened<SagaEvent> = { stream, type: 'SagaRetried', data: { reason: 'paper came' } };
const silent: Happened<SagaEvent> = {
  stream,
  type: 'StepUnanswered',
  data: { step: first, attempt: 1, reason: 'silence', retryAt: '2024-06-12T20:00:01.000Z' },
};
const cancelled: Happened<SagaEvent> = { stream, type: 'SagaCancelled', data: { reason: 'enough' } };

const shown = (history: readonly Happened<SagaEvent>[], expected: object) =>
  fold(sagaList)
    .given(...history)
    .is('dunning/i1', expect.objectContaining(expected) as never);

describe('the list of sagas', () => {
  it('names an instance, its saga and what it waits for', () =>
    shown([reacted], {
      saga: 'dunning',
      instance: 'i1',
      status: 'running',
      state: { reminders: 0 },
      waitsFor: {
        steps: [{ command: 'Remind', attempts: 0 }],
        timers: [{ name: 'overdue', due: '2024-07-01T00:00:00.000Z' }],
        events: 0,
      },
      startedAt: at,
      correlationId: 'correlation-1',
    }));

  it('says when it has something to do: at once, at the next try, at a timer, never', () => {
    shown([reacted], { wakeAt: '0000-01-01T00:00:00.000Z' });
    shown([reacted, silent], { wakeAt: '2024-06-12T20:00:01.000Z' });
    shown([reacted, accepted], { wakeAt: '2024-07-01T00:00:00.000Z' });
    shown([reacted, accepted, cancelled], { status: 'cancelled' });
    fold(sagaList)
      .given(reacted, parked)
      .is('dunning/i1', expect.not.objectContaining({ wakeAt: expect.anything() as string }) as never);
  });

  it('says why one is parked, and no longer once it goes on', () => {
    shown([reacted, parked], { status: 'parked', reason: 'no paper' });
    fold(sagaList)
      .given(reacted, parked, retried)
      .is('dunning/i1', expect.not.objectContaining({ reason: 'no paper' }) as never);
  });
});
