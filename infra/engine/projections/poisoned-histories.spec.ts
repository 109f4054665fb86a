import fc from 'fast-check';
import { InMemoryReadModelStore } from '../../mongo/in-memory-read-model-store.js';
import { ReadModelOperations } from './operations.js';
import { checkReplay } from './replay-check.js';
import { countersWith, type Bugs } from './testing/code-versions.js';
import {
  codec,
  counted,
  counters,
  countsIn,
  dropped,
  happen,
  moved,
  noted,
  silent,
  World,
  type CountEvent,
} from './testing/counting.js';
import { expectedCounts } from './testing/expected-counts.js';
import { DyingStore } from './testing/faulty-stores.js';
import { until } from './testing/until.js';

const ids = ['a', 'b', 'c'];
const id = fc.constantFrom(...ids);
const anyEvent: fc.Arbitrary<CountEvent> = fc.oneof(
  { weight: 4, arbitrary: id.map(counted) },
  { weight: 3, arbitrary: fc.tuple(id, id).map(([from, to]) => moved(from, to)) },
  { weight: 1, arbitrary: id.map(dropped) },
  { weight: 1, arbitrary: fc.constant(noted) },
);
const anyEvents = fc.array(anyEvent, { minLength: 1, maxLength: 6 });
const types = fc.subarray(['Counted', 'Moved', 'Dropped']);
/** What the code of one process is wrong with. */
const anyBugs: fc.Arbitrary<Bugs> = fc
  .record({ fold: types, foldOf: fc.subarray(ids), field: fc.subarray(ids), key: types })
  .map(({ fold, foldOf, field, key }) => ({
    fold: (event, of) => fold.includes(event.type) && foldOf.includes(of),
    field: (event, of) => event.type !== 'Dropped' && field.includes(of),
    key: (event) => key.includes(event.type),
  }));
const anyLife = fc.record({
  bugs: fc.oneof(anyBugs, fc.constant<Bugs>({})),
  lanes: fc.constantFrom(1, 2, 3),
  appends: fc.array(anyEvents, { maxLength: 3 }),
  diesAt: fc.nat({ max: 20 }),
  fate: fc.constantFrom('before', 'after'),
  overlaps: fc.boolean(),
  /** By what code something is unparked at its end, while it may still run. */
  unparkedBy: fc.option(anyBugs, { nil: undefined }),
});

describe('any history that some code could not apply', () => {
  it('folds to the same documents once all is unparked, whoever fed it, and whatever died', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyLife, { minLength: 1, maxLength: 4 }), async (lives) => {
        const world = new World();
        const store = new InMemoryReadModelStore();
        const history: CountEvent[] = [];
        const write = async (events: readonly CountEvent[]) => {
          history.push(...events);
          return happen(world.log, events);
        };
        const operations = (bugs: Bugs) =>
          new ReadModelOperations({
            log: world.log,
            codec,
            store,
            projections: [countersWith(bugs)],
            logger: silent,
          });
        for (const { bugs, lanes, appends, diesAt, fate, overlaps, unparkedBy } of lives) {
          const dying = new DyingStore(store, (_step, nth) => (nth > diesAt ? fate : 'not'));
          const projector = await world.startProcess(dying, { lanes, projections: [countersWith(bugs)] });
          for (const events of appends) {
            const position = await write(events);
            if (events.length % 2 === 0)
              await until(
                'it has got there, or has died',
                () => dying.dead || (projector.appliedTo(counters) ?? -1n) >= position,
              );
          }
          if (unparkedBy) await operations(unparkedBy).unpark('counters');
          if (!overlaps) await projector.stop();
        }
        const last = await world.startProcess(store);
        const position = await write([counted('a')]);
        await until('all is applied', () => (last.appliedTo(counters) ?? -1n) >= position);
        await world.end();
        const [before] = await checkReplay([counters], { log: world.log, store, codec });
        expect(before?.drift).toEqual([]);
        await operations({}).unpark('counters');
        expect(await operations({}).parked()).toEqual([]);
        expect(await shownOf(store)).toEqual(presentIn(expectedCounts(history)));
        const [report] = await checkReplay([counters], { log: world.log, store, codec });
        expect(report).toMatchObject({ drift: [], parked: [] });
      }),
      { numRuns: 60 },
    );
  });
});

/** What never was and what was deleted look alike to people. */
async function shownOf(store: InMemoryReadModelStore): Promise<Record<string, number>> {
  return presentIn(await countsIn(store));
}

function presentIn(counts: Record<string, number | undefined>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(counts).flatMap(([of, count]) => (count === undefined ? [] : [[of, count]])),
  );
}
