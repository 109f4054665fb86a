import { AppendUnknown, type EventLog } from '../../domain/kernel/ports/event-log.js';
import { randomIds } from '../system/random-ids.js';
import { systemClock } from '../system/system-clock.js';
import { faultOf } from './chain.js';
import { InMemoryEventLog } from './in-memory-event-log.js';
import { obtainOrigin, originStream, readOrigin } from './origin.js';
import { collect } from './testing/collect.js';
import { FaultyEventLog, after, lostAnswer, lostRequest } from './testing/faulty-event-log.js';

const obtain = (log: EventLog) => obtainOrigin(log, systemClock, randomIds);

describe('rule F2: the origin', () => {
  it('is 128 random bits in the first event of a stream of its own, linked like any other', async () => {
    const log = new InMemoryEventLog();
    const origin = await obtain(log);
    const [event, ...others] = await collect(log.read('origin-system.axion'));
    expect(origin).toMatch(/^[0-9a-f]{32}$/);
    expect(event?.data).toEqual({ origin });
    expect(faultOf(event!, origin, undefined)).toBeUndefined();
    expect(others).toEqual([]);
  });

  it('stays what it is at every later start', async () => {
    const log = new InMemoryEventLog();
    const origin = await obtain(log);
    expect(await obtain(log)).toBe(origin);
    expect(await collect(log.readAll())).toHaveLength(1);
  });

  it('is appended where there is no stream yet, so that there is never a second one', async () => {
    const log = new FaultyEventLog(new InMemoryEventLog());
    await obtain(log);
    expect(log.sent.map(({ stream, expected }) => [stream, expected])).toEqual([[originStream, 'no_stream']]);
  });

  it('is the same for two that start at once', async () => {
    const log = new InMemoryEventLog();
    const origins = await Promise.all([obtain(log), obtain(log), obtain(log)]);
    expect(new Set(origins).size).toBe(1);
    expect(await collect(log.read(originStream))).toHaveLength(1);
  });

  it('is the winner’s for who loses', async () => {
    const shared = new InMemoryEventLog();
    const slow = new FaultyEventLog(shared);
    slow.plan(
      'origin',
      after(() => obtain(shared)),
    );
    expect(await obtain(slow)).toBe(await readOrigin(shared));
  });

  it('is read back when no answer came', async () => {
    const log = new FaultyEventLog(new InMemoryEventLog());
    log.plan('origin', lostAnswer);
    expect(await obtain(log)).toBe(await readOrigin(log));
  });

  it('is not made up when no answer came and none is to be read', async () => {
    const log = new FaultyEventLog(new InMemoryEventLog());
    log.plan('origin', lostRequest);
    await expect(obtain(log)).rejects.toBeInstanceOf(AppendUnknown);
  });

  it('is not taken from an event that names none', async () => {
    const log = new InMemoryEventLog();
    await log.append(originStream, 'no_stream', [
      { id: randomIds.next(), type: 'OriginCreated', data: { origin: 'mine' }, metadata: {} },
    ]);
    await expect(obtain(log)).rejects.toMatchObject({ code: 'log.no-origin' });
  });
});
