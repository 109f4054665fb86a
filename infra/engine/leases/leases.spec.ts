import { jest } from '@jest/globals';
import fc from 'fast-check';
import type { HeldLease } from './held-lease.js';
import { InMemoryLeaseStore } from './in-memory-lease-store.js';
import { Leases, type LeasesOptions } from './leases.js';
import { BrokenLeaseStore } from './testing/broken-lease-store.js';

describe('leases', () => {
  let store: InMemoryLeaseStore;
  let opened: Leases[];
  beforeEach(() => {
    jest.useFakeTimers();
    store = new InMemoryLeaseStore();
    opened = [];
  });
  afterEach(async () => {
    const stopped = Promise.all(opened.map((leases) => leases.stop()));
    await jest.advanceTimersByTimeAsync(10_000);
    await stopped;
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });

  const open = (holder: string, options: Partial<LeasesOptions> = {}): Leases => {
    const leases = new Leases({ store, holder, ...options });
    opened.push(leases);
    return leases;
  };
  /** A process, and the connection through which it sees the store. */
  const openBehind = (holder: string) => {
    const connection = new BrokenLeaseStore(store);
    return { leases: open(holder, { store: connection }), connection };
  };
  const take = async (leases: Leases, name = 'lane-0'): Promise<HeldLease> => {
    const lease = await leases.tryTake(name);
    if (!lease) throw new Error(`${name} was not free`);
    return lease;
  };
  /** Tries every half second. @returns after how many milliseconds it was taken */
  const takenWithin = async (leases: Leases, milliseconds: number, name = 'lane-0') => {
    for (let waited = 0; waited <= milliseconds; waited += 500) {
      const lease = await leases.tryTake(name);
      if (lease) return { lease, waited };
      await jest.advanceTimersByTimeAsync(500);
    }
    return undefined;
  };

  it('has one holder, however long others try', async () => {
    const lease = await take(open('one'));
    expect(await takenWithin(open('two'), 60_000)).toBeUndefined();
    expect(lease.lost.aborted).toBe(false);
  });

  it('is not given twice to one process', async () => {
    const leases = open('one');
    const both = await Promise.all([leases.tryTake('lane-0'), leases.tryTake('lane-0')]);
    expect(both.filter((lease) => lease !== undefined)).toHaveLength(1);
    expect(await leases.tryTake('lane-0')).toBeUndefined();
  });

  it('goes to one of several that try at once', async () => {
    const contenders = ['one', 'two', 'three', 'four'].map((holder) => open(holder));
    const taken = await Promise.all(contenders.map((leases) => leases.tryTake('lane-0')));
    expect(taken.filter((lease) => lease !== undefined)).toHaveLength(1);
  });

  it('is free at once when it was given back, under a higher token', async () => {
    const first = await take(open('one'));
    await first.release();
    const second = await take(open('two'));
    expect(second.token).toBeGreaterThan(first.token);
    expect(first.lost.aborted).toBe(false);
  });

  it('is given back once: not out of the hands of the next', async () => {
    const first = await take(open('one'));
    await first.release();
    const second = await take(open('two'));
    await first.release();
    await jest.advanceTimersByTimeAsync(3000);
    expect(second.lost.aborted).toBe(false);
  });

  it('is given back while a beat is under way', async () => {
    const { leases } = openBehind('one');
    const lease = await take(leases);
    jest.advanceTimersByTime(1500);
    await lease.release();
    expect(await open('two').tryTake('lane-0')).toBeDefined();
  });

  it('of a holder that died is taken within 10 s', async () => {
    const dead = openBehind('one');
    await take(dead.leases);
    await jest.advanceTimersByTimeAsync(20_000);
    dead.connection.trouble = 'silent';
    const taken = await takenWithin(open('two'), 10_000);
    expect(taken?.lease.token).toBe(2n);
    expect(taken?.waited).toBeGreaterThanOrEqual(6000);
  });

  it('of a holder that is known to be dead is taken at once', async () => {
    const dead = openBehind('one');
    await take(dead.leases);
    dead.connection.trouble = 'silent';
    expect(await open('two', { isDead: (holder) => holder === 'one' }).tryTake('lane-0')).toBeDefined();
  });

  it.each(['away', 'silent'] as const)('is lost when the store is %s for 6 s', async (trouble) => {
    const { leases, connection } = openBehind('one');
    const { lost } = await take(leases);
    connection.trouble = trouble;
    await jest.advanceTimersByTimeAsync(5999);
    expect(lost.aborted).toBe(false);
    await jest.advanceTimersByTimeAsync(1);
    expect(lost.aborted).toBe(true);
    expect(lost.reason).toMatchObject({ code: 'lease.lost' });
  });

  it('is kept through a shorter absence of the store, and taken again at once after a longer one', async () => {
    const { leases, connection } = openBehind('one');
    const lease = await take(leases);
    connection.trouble = 'away';
    await jest.advanceTimersByTimeAsync(4000);
    connection.trouble = 'none';
    await jest.advanceTimersByTimeAsync(20_000);
    expect(lease.lost.aborted).toBe(false);
    connection.trouble = 'away';
    await jest.advanceTimersByTimeAsync(20_000);
    expect(lease.lost.aborted).toBe(true);
    connection.trouble = 'none';
    expect((await take(leases)).token).toBe(2n);
  });

  it('is kept when beats arrive but their answers do not', async () => {
    const { leases, connection } = openBehind('one');
    const lease = await take(leases);
    connection.trouble = 'unheard';
    await jest.advanceTimersByTimeAsync(4000);
    connection.trouble = 'none';
    await jest.advanceTimersByTimeAsync(20_000);
    expect(lease.lost.aborted).toBe(false);
  });

  it('becomes free when a take was never answered', async () => {
    const { leases, connection } = openBehind('one');
    connection.trouble = 'unheard';
    await expect(leases.tryTake('lane-0')).rejects.toMatchObject({ code: 'lease.unavailable' });
    connection.trouble = 'none';
    expect(await takenWithin(leases, 10_000)).toBeDefined();
  });

  it('tells a process that slept that it is lost, before any timer runs', async () => {
    const lease = await take(open('one'));
    const awake = performance.now();
    const clock = jest.spyOn(performance, 'now').mockReturnValue(awake + 6000);
    expect(lease.lost.aborted).toBe(true);
    clock.mockRestore();
  });

  it('tells a process that slept that another has it, and leaves it to that one', async () => {
    const sleeper = openBehind('one');
    const { lost } = await take(sleeper.leases);
    sleeper.connection.trouble = 'silent';
    const other = await takenWithin(open('two'), 10_000);
    sleeper.connection.trouble = 'none';
    await jest.advanceTimersByTimeAsync(20_000);
    expect(lost.aborted).toBe(true);
    expect(other?.lease.lost.aborted).toBe(false);
    expect(await store.read(['lane-0'])).toMatchObject([{ holder: 'two', token: 2n }]);
  });

  it('tells a holder that was replaced', async () => {
    const { lost } = await take(open('one'));
    const [entry] = await store.read(['lane-0']);
    await store.replace(entry, { name: 'lane-0', holder: 'two', token: 2n, beat: 0n });
    await jest.advanceTimersByTimeAsync(1500);
    expect(lost.reason).toMatchObject({ message: expect.stringContaining('took it over') as string });
  });

  it('is beaten for all names by one timer', async () => {
    const leases = open('one');
    for (const name of ['a', 'b', 'c']) await take(leases, name);
    expect(jest.getTimerCount()).toBe(1);
    await jest.advanceTimersByTimeAsync(15_000);
    expect((await store.list('')).map(({ beat }) => beat)).toEqual([10n, 10n, 10n]);
  });

  it('says who holds what', async () => {
    const leases = open('one');
    await take(leases, 'projection/0');
    await (await take(leases, 'projection/1')).release();
    await take(open('two'), 'saga/0');
    expect(await leases.list('projection/')).toMatchObject([
      { name: 'projection/0', holder: 'one' },
      { name: 'projection/1', holder: undefined },
    ]);
    expect(await leases.holders(['saga/0', 'never'])).toMatchObject([{ holder: 'two' }]);
  });

  it('gives everything back at a stop, also what was being taken, and takes nothing any more', async () => {
    const leases = open('one');
    await take(leases, 'a');
    const late = leases.tryTake('b');
    await leases.stop();
    expect(await late).toBeUndefined();
    expect(await leases.tryTake('c')).toBeUndefined();
    expect((await store.list('')).filter(({ holder }) => holder !== undefined)).toEqual([]);
  });

  it('does not wait for ever for a store that is silent at a stop', async () => {
    const { leases, connection } = openBehind('one');
    await take(leases);
    connection.trouble = 'silent';
    const stopped = leases.stop();
    await jest.advanceTimersByTimeAsync(6000);
    await expect(stopped).resolves.toBeUndefined();
  });

  it('refuses a beat that is too slow', () =>
    expect(() => open('one', { ttlMs: 3000, beatMs: 2000 })).toThrow(RangeError));

  it('has never two holders who both believe in it, whatever their connections do', async () => {
    const troubles = ['none', 'none', 'away', 'silent', 'unheard'] as const;
    const step = fc.record({
      who: fc.nat(2),
      trouble: fc.constantFrom(...troubles),
      does: fc.constantFrom('try', 'try', 'release'),
      pauseMs: fc.integer({ min: 1, max: 4000 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        store = new InMemoryLeaseStore();
        const processes = ['one', 'two', 'three'].map((holder) => openBehind(holder));
        const leases = new Map<number, HeldLease>();
        for (const { who, trouble, does, pauseMs } of steps) {
          const process = processes[who]!;
          process.connection.trouble = trouble;
          if (does === 'release')
            void leases
              .get(who)
              ?.release()
              .finally(() => undefined);
          if (does === 'release') leases.delete(who);
          else
            void process.leases.tryTake('lane-0').then(
              (lease) => lease && leases.set(who, lease),
              () => undefined,
            );
          await jest.advanceTimersByTimeAsync(pauseMs);
          const believers = [...leases.values()].filter(({ lost }) => !lost.aborted);
          expect(believers.length).toBeLessThanOrEqual(1);
        }
        for (const { leases: each, connection } of processes) {
          connection.trouble = 'none';
          const stopped = each.stop();
          await jest.advanceTimersByTimeAsync(6000);
          await stopped;
        }
      }),
      { numRuns: 200 },
    );
  });
});
