import { streamName, systemWorkspace } from '../../domain/kernel/names.js';
import { InMemoryEventLog } from '../eventstore/in-memory-event-log.js';
import { ManualClock } from './manual-clock.js';

describe('a manual clock', () => {
  const stream = streamName('clock', systemWorkspace, 'clock');
  const open = () => {
    const log = new InMemoryEventLog();
    const append = (time: string, revision: bigint | 'no_stream') =>
      log.append(stream, revision, [{ id: time, type: 'Set', data: { time }, metadata: {} }]);
    return { append, clock: new ManualClock(log, stream, ({ id }) => id) };
  };

  it('stands where its newest event set it, whoever appended that', async () => {
    const { append, clock } = open();
    await append('2024-06-12T12:00:00.000Z', 'no_stream');
    expect(await clock.now()).toBe('2024-06-12T12:00:00.000Z');
    await append('1999-12-31T12:00:00.000Z', 0n);
    expect(await clock.now()).toBe('1999-12-31T12:00:00.000Z');
  });

  it('tells no time before it was set', async () => {
    const { clock } = open();
    expect(await clock.last()).toBeUndefined();
    await expect(clock.now()).rejects.toMatchObject({ code: 'clock.not-set' });
  });
});
