import type { EventLog } from '../../../domain/kernel/ports/event-log.js';
import { pause } from '../../system/pause.js';
import { until } from '../projections/testing/until.js';
import type { SagaPorts } from './saga-ports.js';
import { DropReminder, SetReminder } from './testing/reminders.js';
import { SagaWorld, type ProcessOptions, type SagaProcess } from './testing/saga-world.js';

let world: SagaWorld;
beforeEach(() => (world = new SagaWorld()));
afterEach(() => world.end());

const at = (time: string): string => `2024-06-12T${time}.000Z`;
const due = at('21:00:00');

const rung = async (): Promise<unknown[]> =>
  (await world.happened('reminder'))
    .filter(({ type }) => type === 'ReminderRung')
    .map(({ data }) => data['due']);

async function isSet(by: SagaProcess, reminder = 'tea', when = due): Promise<void> {
  await by.send(SetReminder, { reminder, due: when });
  await until(
    'its timer is set',
    async () => (await by.stateOf('reminding', reminder)).timers['ring'] === when,
  );
}

const ringsOnce = async (): Promise<void> => {
  await until('it rings', async () => (await rung()).length > 0);
  await until('all is recorded', async () => (await world.types('saga')).at(-1) === 'StepAccepted');
};

/** A log, some of whose answers are others. */
function seenAs(log: EventLog, changes: Partial<EventLog>): EventLog {
  return {
    append: (...asked) => log.append(...asked),
    read: (...asked) => log.read(...asked),
    readAt: (...asked) => log.readAt(...asked),
    readLast: (...asked) => log.readLast(...asked),
    readAll: (...asked) => log.readAll(...asked),
    subscribe: (...asked) => log.subscribe(...asked),
    head: () => log.head(),
    ...changes,
  };
}

/** A process that reads the log only when it is let: its feed is behind, and the rest is not. */
function behind(): { readonly options: ProcessOptions; letRead(): void } {
  let letRead = (): void => undefined;
  const allowed = new Promise<void>((resume) => (letRead = resume));
  const waits = (log: EventLog): EventLog =>
    seenAs(log, {
      subscribe: async function* (after, stop) {
        stop.addEventListener('abort', () => letRead(), { once: true });
        await allowed;
        yield* log.subscribe(after, stop);
      },
    });
  return { options: { ports: (ports) => ({ ...ports, log: waits(ports.log) }) }, letRead: () => letRead() };
}

describe('rule S3: a timer', () => {
  it('fires when the clock reaches it, and not before', async () => {
    const process = world.start();
    await isSet(process);
    world.clock.set(at('20:59:59'));
    await isSet(process, 'coffee', at('20:30:00'));
    await until('the earlier one rings', async () => (await rung()).length === 1);
    expect(await rung()).toEqual([at('20:30:00')]);
    world.clock.set(due);
    await until('it rings', async () => (await rung()).length === 2);
    expect(await rung()).toEqual([at('20:30:00'), due]);
  });

  it('fires at once when it is late after a restart, and once', async () => {
    const first = world.start();
    await isSet(first);
    await first.runner.stop();
    world.clock.set(at('23:00:00'));
    const second = world.start();
    await ringsOnce();
    await second.runner.stop();
    const third = world.start();
    await isSet(third, 'coffee', at('22:00:00'));
    await until('the other rings', async () => (await rung()).length === 2);
    expect(await rung()).toEqual([due, at('22:00:00')]);
  });

  it('is passed by a clock that jumps forwards, and fires nothing twice when it jumps back', async () => {
    const process = world.start();
    await isSet(process);
    world.clock.set(at('23:00:00'));
    await ringsOnce();
    world.clock.set(at('20:00:00'));
    await isSet(process, 'coffee', at('20:00:00'));
    world.clock.set(at('23:00:00'));
    await until('the other rings', async () => (await rung()).length === 2);
    expect(await rung()).toEqual([due, at('20:00:00')]);
  });

  it('is moved when it is set again', async () => {
    const process = world.start();
    await isSet(process);
    await isSet(process, 'tea', at('22:00:00'));
    world.clock.set(at('22:00:00'));
    await ringsOnce();
    expect(await rung()).toEqual([at('22:00:00')]);
  });

  it('does not fire once its instance has ended', async () => {
    const process = world.start();
    await isSet(process);
    await process.send(DropReminder, { reminder: 'tea' });
    await until('it has ended', async () => (await process.statusOf('reminding', 'tea')) === 'ended');
    world.clock.set(at('23:00:00'));
    await isSet(process, 'coffee', at('22:00:00'));
    await until('the other rings', async () => (await rung()).length === 1);
    expect(await rung()).toEqual([at('22:00:00')]);
  });

  it('waits until its saga has handled what was in the log when it became due', async () => {
    const first = world.start();
    await isSet(first);
    await first.runner.stop();
    await first.send(DropReminder, { reminder: 'tea' });
    world.clock.set(at('23:00:00'));
    const feed = behind();
    const looks = { done: 0 };
    const second = world.start({
      ports: (ports) => counting(feed.options.ports?.(ports) ?? ports, () => looks.done++),
    });
    await until('it was looked at often', () => looks.done > 20);
    expect(await rung()).toEqual([]);
    feed.letRead();
    await until('it has ended', async () => (await second.statusOf('reminding', 'tea')) === 'ended');
    expect(await rung()).toEqual([]);
  });

  it('would fire though it was dropped in time, if it did not wait for the feed', async () => {
    const first = world.start();
    await isSet(first);
    await first.runner.stop();
    await first.send(DropReminder, { reminder: 'tea' });
    world.clock.set(at('23:00:00'));
    const feed = behind();
    // An empty log is caught up with at once.
    const blind = (log: EventLog) => seenAs(log, { head: () => Promise.resolve(undefined) });
    world.start({
      ports: (ports) => {
        const late = feed.options.ports?.(ports) ?? ports;
        return { ...late, log: blind(late.log) };
      },
    });
    await until('it rings', async () => (await rung()).length === 1);
    feed.letRead();
  });

  it('fires once when two processes see it at once', async () => {
    const both = [world.start(), world.start()];
    await isSet(both[0]!);
    world.clock.set(due);
    await ringsOnce();
    for (const process of both)
      await until('it knows', async () => (await process.stateOf('reminding', 'tea')).outbox.length === 0);
    expect(await rung()).toEqual([due]);
  });

  it.each(['before', 'after'] as const)(
    'fires once when its process is killed %s any of its appends',
    async (when) => {
      for (let nth = 1; nth <= 3; nth++) {
        world = new SagaWorld();
        const first = world.start();
        await isSet(first);
        await first.runner.stop();
        world.clock.set(due);
        const mortal = world.start({ dies: (append) => (append === nth ? when : 'not') });
        await until('it was killed', () => mortal.log.dead);
        world.start();
        await ringsOnce();
        expect(await rung()).toEqual([due]);
        await world.end();
      }
    },
  );

  it('fires once, each of two thousand due in one second, across a stop of the worker', async () => {
    const count = 2_000;
    const first = world.start({ pollMs: 100 });
    await Promise.all(
      Array.from({ length: count }, (_none, index) =>
        first.send(SetReminder, {
          reminder: `r${index}`,
          due: new Date(Date.parse(due) + (index % 1000)).toISOString(),
        }),
      ),
    );
    // A look at so many events costs something: looks are rarer here, and the test's own limit ends them.
    const reaches = async (type: string, least: number): Promise<void> => {
      while ((await world.count(type)) < least) await pause(50);
    };
    await reaches('SagaReacted', count);
    world.clock.set(at('21:00:01'));
    await reaches('ReminderRung', 100);
    await first.runner.stop();
    expect(await world.count('ReminderRung')).toBeLessThan(count);
    const second = world.start({ pollMs: 100 });
    await reaches('ReminderRung', count);
    await reaches('StepAccepted', count);
    await second.runner.stop();
    const reminders = (await world.happened('reminder')).filter(({ type }) => type === 'ReminderRung');
    expect(new Set(reminders.map(({ data }) => data['reminder'])).size).toBe(count);
    expect(reminders).toHaveLength(count);
  }, 300_000);
});

function counting(ports: SagaPorts, onLook: () => void): SagaPorts {
  const { readModels } = ports;
  return {
    ...ports,
    readModels: {
      due: (...of) => {
        onLook();
        return readModels.due(...of);
      },
    },
  };
}
