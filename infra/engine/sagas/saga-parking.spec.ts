import { sagaInstances } from '../../../domain/engine/saga-instance.js';
import { Unavailable } from '../../../domain/kernel/errors.js';
import type { AnyEvent, Recorded } from '../../../domain/kernel/event.js';
import { streamName } from '../../../domain/kernel/names.js';
import { EventCodec } from '../../eventstore/event-codec.js';
import { randomIds } from '../../system/random-ids.js';
import { InMemoryLeaseStore } from '../leases/in-memory-lease-store.js';
import { Leases } from '../leases/leases.js';
import { until } from '../projections/testing/until.js';
import { Give, OrderTransfer, PayIn, transfer } from './testing/bank.js';
import { fault, reminderEvents, reminding, SetReminder, ShakeReminder } from './testing/reminders.js';
import { acme, SagaWorld, type SagaProcess } from './testing/saga-world.js';

let world: SagaWorld;
beforeEach(() => {
  world = new SagaWorld();
  fault.broken = false;
});
afterEach(() => world.end());

const shake = (by: SagaProcess, reminder: string, note: string) => by.send(ShakeReminder, { reminder, note });
const notesOf = async (by: SagaProcess, reminder: string): Promise<readonly unknown[]> => {
  const notes: unknown = (await by.stateOf('reminding', reminder)).state?.['notes'];
  return Array.isArray(notes) ? (notes as readonly unknown[]) : [];
};
const has = (by: SagaProcess, saga: string, instance: string, status: string) =>
  until(`${instance} is ${status}`, async () => (await by.statusOf(saga, instance)) === status);

describe('a saga whose own code fails', () => {
  it('parks the one instance with the reason, and holds up nobody else', async () => {
    const process = world.start();
    fault.broken = true;
    await shake(process, 'tea', 'one');
    await has(process, 'reminding', 'tea', 'parked');
    fault.broken = false;
    await shake(process, 'coffee', 'one');
    await until(
      'the other goes on',
      async () => (await process.statusOf('reminding', 'coffee')) === 'running',
    );
    expect(await process.stateOf('reminding', 'tea')).toMatchObject({
      parked: "the saga's own code failed: nobody thought of that",
      held: [{ type: 'ReminderShaken', revision: '0' }],
    });
  });

  it('goes on where it stopped when somebody says so: what was held is handled in order', async () => {
    const process = world.start();
    await shake(process, 'tea', 'one');
    await until('it is handled', async () => (await notesOf(process, 'tea')).join() === 'one');
    fault.broken = true;
    await shake(process, 'tea', 'two');
    await has(process, 'reminding', 'tea', 'parked');
    fault.broken = false;
    await shake(process, 'tea', 'three');
    await process.send(SetReminder, { reminder: 'tea', due: '2024-06-12T19:00:00.000Z' });
    await until('all is held', async () => (await process.stateOf('reminding', 'tea')).held.length === 3);
    await process.retry('reminding', 'tea');
    await until('it rings', async () => (await world.types('reminder')).includes('ReminderRung'));
    expect(await notesOf(process, 'tea')).toEqual(['one', 'two', 'three']);
    expect((await process.stateOf('reminding', 'tea')).held).toEqual([]);
  });

  it('is parked again when the fault is still there', async () => {
    const process = world.start();
    fault.broken = true;
    await shake(process, 'tea', 'one');
    await has(process, 'reminding', 'tea', 'parked');
    await process.retry('reminding', 'tea');
    await until(
      'it is parked again',
      async () => (await world.types('saga')).join() === 'SagaParked,EventHeld,SagaRetried,SagaParked',
    );
    fault.broken = false;
    await process.retry('reminding', 'tea');
    await until('it is handled', async () => (await notesOf(process, 'tea')).join() === 'one');
  });

  it('is seen, and can be retried, when it does not even say whom the event concerns', async () => {
    const state = { broken: true };
    const lost = {
      ...reminding,
      id: (event: Recorded<AnyEvent>) => {
        if (state.broken) throw new TypeError('no id');
        return reminding.id(event as never);
      },
    };
    const process = world.start({ sagas: [lost] });
    await shake(process, 'tea', 'one');
    await until('it is parked', async () => (await world.types('saga')).join() === 'SagaParked,EventHeld');
    const held = (await world.happened('saga')).at(1)?.data;
    const stray = `stray:${String(held?.['id'])}`;
    expect((await process.stateOf('reminding', stray)).parked).toContain('no id');
    state.broken = false;
    await process.retry('reminding', stray);
    await until('it is handled', async () => (await notesOf(process, 'tea')).join() === 'one');
    await has(process, 'reminding', stray, 'ended');
  });

  it('passes over an event that its code cannot read yet: it is seen, and handled late by newer code', async () => {
    const older = world.start();
    const metadata = { 'a.v': '1', 'a.schema': '2', 'a.at': '2024-06-12T20:00:00.000Z', 'a.corr': 'c' };
    const newer = { reminder: 'tea', note: 'new' };
    const event = { id: randomIds.next(), type: 'ReminderShaken', data: newer, metadata };
    await world.log.append(streamName('reminder', acme, 'tea'), 'no_stream', [event]);
    await shake(older, 'coffee', 'one');
    await until('others go on', async () => (await notesOf(older, 'coffee')).join() === 'one');
    const stray = `stray:${event.id}`;
    await has(older, 'reminding', stray, 'parked');
    expect((await older.stateOf('reminding', stray)).parked).toMatch(/version 2 cannot be read/);
    await older.runner.stop();
    const tables = [{ ...reminderEvents, ReminderShaken: { ...reminderEvents.ReminderShaken, version: 2 } }];
    const codec = new EventCodec([...tables, sagaInstances([]).events], world.sealer);
    const process = world.start({ ports: (ports) => ({ ...ports, codec }) });
    await process.retry('reminding', stray);
    await until('it is handled', async () => (await notesOf(process, 'tea')).join() === 'new');
    await has(process, 'reminding', stray, 'ended');
  });

  it('is parked when what it decided can never be stored', async () => {
    const endless = { ...reminding, on: { ...reminding.on, ReminderShaken: () => ({ state: { n: NaN } }) } };
    const process = world.start({ sagas: [endless] });
    await shake(process, 'tea', 'one');
    await has(process, 'reminding', 'tea', 'parked');
    expect((await process.stateOf('reminding', 'tea')).held).toHaveLength(1);
  });
});

describe('a person', () => {
  const silentGiving = { broken: true };
  const startSilent = () =>
    world.start({
      sagas: [{ ...transfer, retry: { attempts: 1 } }],
      ports: (ports) => ({
        ...ports,
        send: (command, context) =>
          command instanceof Give && silentGiving.broken
            ? Promise.reject(new Unavailable('test.silence', 'nobody answers'))
            : ports.send(command, context),
      }),
    });
  async function parked(): Promise<SagaProcess> {
    silentGiving.broken = true;
    const process = startSilent();
    await process.send(PayIn, { account: 'anna', amount: 100 });
    await process.send(OrderTransfer, { from: 'anna', to: 'ben', transfer: 't1', amount: 30 });
    await has(process, 'transfer', 't1', 'parked');
    return process;
  }

  it('retries a step that stayed without an answer', async () => {
    const process = await parked();
    silentGiving.broken = false;
    await process.retry('transfer', 't1');
    await has(process, 'transfer', 't1', 'ended');
    expect(await process.balanceOf('ben')).toBe(30);
  });

  it('cancels it: what may have been sent is undone first, then what was done', async () => {
    const process = await parked();
    await process.cancel('transfer', 't1');
    await has(process, 'transfer', 't1', 'cancelled');
    expect((await world.types('bankAccount')).slice(2)).toEqual(['Taken', 'GivingUndone', 'TakingUndone']);
    expect(await process.balanceOf('anna')).toBe(100);
  });

  it('cancels it without undoing anything, when told so', async () => {
    const process = await parked();
    await process.cancel('transfer', 't1', { compensate: false });
    await has(process, 'transfer', 't1', 'cancelled');
    expect((await world.types('bankAccount')).slice(2)).toEqual(['Taken']);
  });

  it('is told why it cannot be done', async () => {
    const process = await parked();
    await expect(process.retry('transfer', 'unheard-of')).rejects.toMatchObject({
      code: 'engine.unknown-saga',
    });
    silentGiving.broken = false;
    await process.retry('transfer', 't1');
    await has(process, 'transfer', 't1', 'ended');
    await expect(process.retry('transfer', 't1')).rejects.toMatchObject({ code: 'engine.saga-not-parked' });
    await expect(process.cancel('transfer', 't1')).rejects.toMatchObject({ code: 'engine.saga-over' });
  });
});

describe('the work, shared by leases', () => {
  it('is done by one process at a time, and taken over when it ends', async () => {
    const store = new InMemoryLeaseStore();
    const leasesOf = (holder: string) => new Leases({ store, holder, ttlMs: 200, beatMs: 50 });
    const [one, other] = [leasesOf('one'), leasesOf('other')];
    const first = world.start({ leases: one });
    await until('it has all shards', () => first.runner.status.length === 2);
    const second = world.start({ leases: other });
    await until('they share', () => first.runner.status.length === 1 && second.runner.status.length === 1);
    for (let n = 0; n < 8; n++) await shake(first, `r${n}`, 'one');
    await until('all are handled', async () => (await world.types('saga')).length === 8);
    expect(first.log.sent.length + second.log.sent.length).toBe(16);
    await first.runner.stop();
    await until('the other has all', () => second.runner.status.length === 2);
    for (let n = 0; n < 8; n++) await shake(second, `r${n}`, 'two');
    await until('all are handled', async () => (await world.types('saga')).length === 16);
    await second.runner.stop();
    await Promise.all([one.stop(), other.stop()]);
  });
});
