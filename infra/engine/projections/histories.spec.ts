import fc from 'fast-check';
import { InMemoryReadModelStore } from '../../mongo/in-memory-read-model-store.js';
import { checkReplay } from './replay-check.js';
import {
  codec,
  counted,
  counters,
  countsIn,
  dropped,
  happen,
  moved,
  noted,
  World,
  type CountEvent,
} from './testing/counting.js';
import { expectedCounts } from './testing/expected-counts.js';
import { DyingStore } from './testing/faulty-stores.js';
import { RepeatingLog } from './testing/repeating-log.js';
import { until } from './testing/until.js';

const name = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const anyEvent: fc.Arbitrary<CountEvent> = fc.oneof(
  { weight: 4, arbitrary: name.map(counted) },
  { weight: 2, arbitrary: fc.tuple(name, name).map(([from, to]) => moved(from, to)) },
  { weight: 1, arbitrary: name.map(dropped) },
  { weight: 1, arbitrary: fc.constant(noted) },
);
const anyLife = fc.record({
  lanes: fc.constantFrom(1, 2, 3, 5),
  /** What happens while it lives, in appends of several events each. */
  appends: fc.array(fc.array(anyEvent, { minLength: 1, maxLength: 6 }), { maxLength: 4 }),
  /** It is killed at this step of its store. */
  diesAt: fc.nat({ max: 12 }),
  fate: fc.constantFrom('before', 'after'),
  whims: fc.array(fc.constantFrom('go on', 'go on', 'repeat', 'break off'), { maxLength: 12 }),
  /** The next one begins while it still runs. */
  overlaps: fc.boolean(),
});

describe('any history', () => {
  it('folds to the same documents, whatever the batches, lanes, crashes and repetitions', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyLife, { maxLength: 4 }), fc.array(anyEvent), async (lives, rest) => {
        const world = new World();
        const store = new InMemoryReadModelStore();
        const history: CountEvent[] = [];
        const write = async (events: readonly CountEvent[]) => {
          history.push(...events);
          return happen(world.log, events);
        };
        for (const { lanes, appends, diesAt, fate, whims, overlaps } of lives) {
          const dying = new DyingStore(store, (_step, nth) => (nth > diesAt ? fate : 'not'));
          const left = [...whims];
          const log = new RepeatingLog(world.log, () => left.shift() ?? 'go on');
          const projector = await world.startProcess(dying, { lanes, log });
          for (const events of appends) {
            const position = await write(events);
            if (events.length % 2 === 0)
              await until(
                'it has got there, or has died',
                () => dying.dead || (projector.appliedTo(counters) ?? -1n) >= position,
              );
          }
          if (!overlaps) await projector.stop();
        }
        const last = await world.startProcess(store);
        const position = await write([...rest, counted('a')]);
        await until('all is applied', () => (last.appliedTo(counters) ?? -1n) >= position);
        await world.end();
        expect(await countsIn(store)).toEqual(expectedCounts(history));
        const [report] = await checkReplay([counters], { log: world.log, store, codec });
        expect(report).toMatchObject({ drift: [], applied: position.toString() });
      }),
      { numRuns: 40 },
    );
  });
});
