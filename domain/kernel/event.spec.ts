import { evolve, type AnyDecider } from './decider.js';
import { event } from './event.js';

describe('the definition of an event', () => {
  const upcast = (older: object) => older;

  it('is of version 1 unless told, with nothing to erase', () =>
    expect(event()).toEqual({ version: 1, upcasts: {}, erasable: {} }));

  it('holds an upcast from every older version', () =>
    expect(event({ version: 3, upcasts: { 1: upcast, 2: upcast } }).version).toBe(3));

  it.each([
    ['the first is missing', 3, { 2: upcast }],
    ['the last is missing', 3, { 1: upcast }],
    ['one leads beyond the newest', 2, { 1: upcast, 2: upcast }],
    ['there is one where there is nothing older', 1, { 1: upcast }],
  ])('is refused when of its upcasts %s', (_what, version, upcasts) =>
    expect(() => event({ version, upcasts })).toThrow(RangeError),
  );
});

describe('a decider', () => {
  const counter: AnyDecider = {
    category: 'counter',
    events: { Counted: event() },
    commands: {},
    initial: 0,
    id: () => 'one',
    decide: {},
    evolve: { Counted: (count) => Number(count) + 1 },
  };

  it('folds the events that it knows', () =>
    expect(evolve(counter, 1, { type: 'Counted', data: {} })).toBe(2));

  it('refuses an event that it does not know, rather than pass over it', () =>
    expect(() => evolve(counter, 1, { type: 'Unheard', data: {} })).toThrow(RangeError));
});
