import { event } from '../../../../domain/kernel/event.js';
import type { AnyProjection } from '../../../../projections/kernel/projection.js';
import { EventCodec } from '../../../eventstore/event-codec.js';
import { countEvents, counters, type CountEvent } from './counting.js';

/** What code is wrong with some events; without any, it is as `counters`. */
export interface Bugs {
  readonly fold?: (event: CountEvent, id: string) => boolean;
  readonly key?: (event: CountEvent) => boolean;
  /** A field that no store takes. */
  readonly field?: (event: CountEvent, id: string) => boolean;
}

/** The counters, as code with bugs would have them. */
export function countersWith({ fold, key, field }: Bugs): AnyProjection {
  const model: AnyProjection = counters;
  return {
    ...model,
    key: (recorded) => {
      if (key?.(recorded as CountEvent)) throw new Error('the key does not work');
      return model.key(recorded);
    },
    on: Object.fromEntries(
      Object.entries(model.on).map(([type, correct]) => [
        type,
        (before: object | undefined, recorded: Parameters<typeof correct>[1], id: string) => {
          if (fold?.(recorded as CountEvent, id)) throw new Error('the fold does not work');
          const after = correct(before, recorded, id);
          return field?.(recorded as CountEvent, id) ? { ...(after as object), _hidden: true } : after;
        },
      ]),
    ),
  };
}

/** The codec of code that knows a second version of `Counted`. */
export const newerCodec = new EventCodec(
  [
    {
      ...countEvents,
      Counted: event<{ counter: string }>({ version: 2, upcasts: { 1: (older: object) => older } }),
    },
  ],
  {
    seal: () => Promise.reject(new Error('nothing is sealed here')),
    open: () => Promise.reject(new Error('nothing is sealed here')),
  },
);

/** As only newer code can read it. */
export const countedAnew = (counter: string) => ({ type: 'Counted', data: { counter }, schema: 2 });
