import type { LogSignal } from '../../../domain/kernel/ports/event-log.js';
import { FaultyEventLog } from '../../eventstore/testing/faulty-event-log.js';
import { InMemoryReadModelStore } from '../../mongo/in-memory-read-model-store.js';
import { counted, counters, countsIn, happen, World } from './testing/counting.js';
import { until } from './testing/until.js';

/** A log that stops answering, and answers again later. */
class SilentLog extends FaultyEventLog {
  silent: 'no' | 'subscriptions' | 'wholly' = 'no';
  subscriptions = 0;

  override async *subscribe(after: bigint | undefined, stop: AbortSignal): AsyncIterable<LogSignal> {
    this.subscriptions++;
    for await (const signal of super.subscribe(after, stop)) {
      // It never ends, whatever it is told.
      if (this.silent !== 'no') await new Promise(() => undefined);
      yield signal;
    }
  }

  override head(): Promise<bigint | undefined> {
    return this.silent === 'wholly' ? new Promise(() => undefined) : super.head();
  }
}

describe('a log that goes silent', () => {
  let world: World;
  let store: InMemoryReadModelStore;
  let log: SilentLog;
  beforeEach(() => {
    world = new World();
    store = new InMemoryReadModelStore();
    log = new SilentLog(world.log);
  });
  afterEach(() => world.end());

  it.each([
    ['subscriptions', 'the subscription is silent, though the log went on'],
    ['wholly', 'it is silent'],
  ] as const)('(%s) is noticed, told, and followed again once it speaks', async (silence, fault) => {
    const projector = await world.startProcess(store, { log, silenceMs: 30 });
    const early = await happen(world.log, [counted('a')]);
    await until('it follows', () => projector.appliedTo(counters) === early);
    log.silent = silence;
    const position = await happen(world.log, [counted('a'), counted('b')]);
    await until('it says so', () => projector.fault?.includes(fault) ?? false);
    expect(projector.appliedTo(counters)).toBe(early);
    log.silent = 'no';
    await until('it goes on', () => projector.appliedTo(counters) === position);
    expect(projector.fault).toBeUndefined();
    expect(await countsIn(store)).toEqual({ a: 2, b: 1 });
  });

  it('is left alone when there is nothing to say', async () => {
    const projector = await world.startProcess(store, { log, silenceMs: 5 });
    const position = await happen(world.log, [counted('a')]);
    await until('it follows', () => projector.appliedTo(counters) === position);
    let looks = 0;
    const head = log.head.bind(log);
    log.head = () => {
      looks++;
      return head();
    };
    await until('it was looked after several times', () => looks > 3);
    expect(log.subscriptions).toBe(1);
    expect(projector.fault).toBeUndefined();
  });

  it('is left alone by a process that starts with everything applied', async () => {
    const before = await world.startProcess(store, { log });
    const position = await happen(world.log, [counted('a')]);
    await until('it follows', () => before.appliedTo(counters) === position);
    await before.stop();
    log.subscriptions = 0;
    const projector = await world.startProcess(store, { log, silenceMs: 5 });
    let looks = 0;
    const head = log.head.bind(log);
    log.head = () => {
      looks++;
      return head();
    };
    await until('it was looked after several times', () => looks > 3);
    expect(log.subscriptions).toBe(1);
    expect(projector.fault).toBeUndefined();
  });
});
