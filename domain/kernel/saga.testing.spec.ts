import { event, type EventOf } from './event.js';
import { saga } from './saga.js';
import { specifySaga } from './saga.testing.js';

class Remind {
  invoice!: string;
}
class Undeclared {}

const inputs = {
  InvoiceSent: event<{ invoice: string; due: string }>(),
  InvoicePaid: event<{ invoice: string }>(),
};

const dunning = saga<{ reminders: number }, EventOf<typeof inputs>>()({
  name: 'dunning',
  inputs,
  commands: { Remind },
  initial: { reminders: 0 },
  id: ({ data }) => data.invoice,
  on: {
    InvoiceSent: (state, { data }) => ({ state, timers: [{ name: 'overdue', due: data.due }] }),
    InvoicePaid: (state) => ({ state, cancelledTimers: ['overdue'], ended: true }),
  },
  timers: {
    overdue: ({ reminders }, { due }, invoice) =>
      reminders > 2
        ? undefined
        : {
            state: { reminders: reminders + 1 },
            steps: [{ command: Object.assign(new Remind(), { invoice }) }],
            timers: [{ name: 'overdue', due }],
          },
  },
});

const due = '2024-07-01T00:00:00.000Z';
const sent = { type: 'InvoiceSent', data: { invoice: 'i1', due } } as const;
const paid = { type: 'InvoicePaid', data: { invoice: 'i1' } } as const;

describe('a specification of a saga', () => {
  const spec = specifySaga(dunning, 'i1');

  it('tells what follows from an event', () => {
    spec
      .given()
      .whenEvent(sent)
      .then({ state: { reminders: 0 }, timers: [{ name: 'overdue', due }] });
    spec
      .given(sent)
      .whenEvent(paid)
      .then({ state: { reminders: 0 }, cancelledTimers: ['overdue'], ended: true });
  });

  it('tells what follows from a timer, in any state', () => {
    const command = Object.assign(new Remind(), { invoice: 'i1' });
    spec
      .given(sent)
      .whenTimer('overdue', due)
      .then({ state: { reminders: 1 }, steps: [{ command }], timers: [{ name: 'overdue', due }] });
    spec.in({ reminders: 3 }).whenTimer('overdue', due).ignores();
  });

  it('tells what follows from a refusal', () => {
    spec
      .given(sent)
      .whenRefused(Object.assign(new Remind(), { invoice: 'i1' }), { code: 'mail.bounced' })
      .compensates();
  });

  it('tells whom an event concerns', () => expect(spec.concerns(sent)).toEqual(['i1']));

  it('notices what is expected and does not happen, and commands that the saga does not name', () => {
    expect(() =>
      spec
        .given()
        .whenEvent(sent)
        .then({ state: { reminders: 1 } }),
    ).toThrow();
    expect(() => spec.given().whenEvent(sent).ignores()).toThrow();
    const wrong = {
      state: { reminders: 1 },
      steps: [{ command: new Undeclared() }],
      timers: [{ name: 'overdue', due }],
    };
    expect(() => spec.given(sent).whenTimer('overdue', due).then(wrong)).toThrow();
  });
});
