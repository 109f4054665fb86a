import { Unavailable } from '../../../domain/kernel/errors.js';
import { streamName } from '../../../domain/kernel/names.js';
import { InMemoryReadModelStore } from '../../mongo/in-memory-read-model-store.js';
import { ReadYourWrites } from './read-your-writes.js';
import { acme, counted, counters, happen, noted, World } from './testing/counting.js';
import { FailingStore } from './testing/faulty-stores.js';
import { until } from './testing/until.js';
import { WrappedStore } from './testing/wrapped-store.js';

const deadlineMs = 2000;

describe('P1: reading what was written', () => {
  let world: World;
  beforeEach(() => (world = new World()));
  afterEach(() => world.end());

  const others: [string, () => Promise<bigint>][] = [
    ['no event concerned', () => happen(world.log, [noted])],
    ['only an unknown type of event passed', () => happen(world.log, [{ type: 'Unheard', data: {} }])],
    [
      'only an answer to a repeat passed',
      () => happen(world.log, [{ type: 'Answered', data: {} }], streamName('idempotency', acme, 'a1')),
    ],
    ['one document in one lane changed', () => happen(world.log, [counted('a')])],
  ];

  it.each(others)('is answered by a read model that %s', async (_what, write) => {
    const store = new InMemoryReadModelStore();
    const projector = await world.startProcess(store, { lanes: 3 });
    await new ReadYourWrites({ store, projector, deadlineMs }).waitFor(counters, await write());
  });

  it.each(others)('is answered in another process, where %s', async (_what, write) => {
    const store = new InMemoryReadModelStore();
    await world.startProcess(store, { lanes: 3 });
    await new ReadYourWrites({ store, deadlineMs }).waitFor(counters, await write());
  });

  it('is answered in another process though a checkpoint could not be saved at first', async () => {
    const store = new FailingStore(new InMemoryReadModelStore());
    store.failing = ['saveCheckpoint'];
    await world.startProcess(store, { lanes: 1 });
    const position = await happen(world.log, [noted]);
    const answered = new ReadYourWrites({ store, deadlineMs: 4000 }).waitFor(counters, position);
    await until('it could not be saved', () => store.refusals > 0);
    store.failing = [];
    await answered;
  });

  it('says how far the read model is when the deadline passes', async () => {
    const store = new InMemoryReadModelStore();
    const projector = await world.startProcess(store);
    const waits = new ReadYourWrites({ store, projector, deadlineMs: 50 });
    const position = await happen(world.log, [counted('a')]);
    await waits.waitFor(counters, position);
    const refusal: unknown = await waits.waitFor(counters, position + 1n).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(Unavailable);
    expect(refusal).toMatchObject({
      code: 'read-model.behind',
      details: { readModel: 'counters', after: '1', applied: '0' },
    });
  });

  it.each(Array.from({ length: 24 }, (_none, depth) => [depth]))(
    'misses nothing that is applied %i turns after it began to look',
    async (depth) => {
      const store = new InMemoryReadModelStore();
      const asking: Promise<void>[] = [];
      const begun = Date.now();
      const asks = new (class extends WrappedStore {
        override async write(...written: Parameters<WrappedStore['write']>) {
          const refused = await super.write(...written);
          // As many turns of the microtask queue later the lane says that it has applied this.
          const position = written[1][0]!.position;
          let turns = Promise.resolve();
          for (let turn = 0; turn < depth; turn++) turns = turns.then(() => undefined);
          asking.push(turns.then(() => waits.waitFor(counters, position)));
          return refused;
        }
      })(store);
      const projector = await world.startProcess(asks, { lanes: 1 });
      const waits = new ReadYourWrites({ store, projector, deadlineMs });
      await waits.waitFor(counters, await happen(world.log, [counted('a')]));
      await Promise.all(asking);
      expect(Date.now() - begun).toBeLessThan(deadlineMs / 2);
    },
  );
});
