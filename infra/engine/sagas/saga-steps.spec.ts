import { Rejected, Unavailable } from '../../../domain/kernel/errors.js';
import { until } from '../projections/testing/until.js';
import { Close, Give, OrderTransfer, PayIn, Take } from './testing/bank.js';
import { SagaWorld, sagaStream, type ProcessOptions, type SagaProcess } from './testing/saga-world.js';
import { stepCommandId, type SagaPorts } from './saga-ports.js';

let world: SagaWorld;
beforeEach(() => (world = new SagaWorld()));
afterEach(() => world.end());

const order = { from: 'anna', to: 'ben', transfer: 't1', amount: 30 };

async function ordered(by: SagaProcess): Promise<void> {
  await by.send(PayIn, { account: 'anna', amount: 100 });
  await by.send(OrderTransfer, order);
}

const ends = (by: SagaProcess, status: string) =>
  until(`the transfer has ${status}`, async () => (await by.statusOf('transfer', 't1')) === status);

/** A process whose steps of a class meet `fate` instead of going out, as long as that answers something. */
function meeting(
  type: new () => object,
  fate: (send: () => Promise<unknown>, nth: number) => Promise<{ position?: string }> | undefined,
): ProcessOptions {
  let nth = 0;
  return {
    ports: (ports: SagaPorts): SagaPorts => ({
      ...ports,
      send: (command, context) => {
        const send = () => ports.send(command, context);
        return (command instanceof type ? fate(send, ++nth) : undefined) ?? send();
      },
    }),
  };
}

const noAnswer = () => Promise.reject(new Unavailable('test.silence', 'nobody answers'));

describe('rule S1: the steps of a saga', () => {
  it('are sent in order, each after the one before was accepted', async () => {
    const process = world.start();
    await ordered(process);
    await ends(process, 'ended');
    expect(await world.types('bankAccount')).toEqual(['PaidIn', 'TransferOrdered', 'Taken', 'Given']);
    expect(await world.types('saga')).toEqual(['SagaReacted', 'StepAccepted', 'StepAccepted']);
    expect([await process.balanceOf('anna'), await process.balanceOf('ben')]).toEqual([70, 30]);
  });

  it('bear ids that are made from the saga’s own event, and its correlation', async () => {
    const process = world.start();
    await ordered(process);
    await ends(process, 'ended');
    const ids: unknown[] = [];
    for await (const { type, metadata } of world.log.readAll())
      if (type === 'Taken' || type === 'Given') ids.push([metadata['a.cmd'], metadata['a.actor']]);
    const stream = sagaStream('transfer', 't1');
    expect(ids).toEqual([0, 1].map((index) => [stepCommandId(stream, { revision: '0', index }), 'system']));
    const correlations = new Set<unknown>();
    for await (const { type, metadata } of world.log.readAll())
      if (type !== 'PaidIn') correlations.add(metadata['a.corr']);
    expect(correlations.size).toBe(1);
  });

  it.each(['before', 'after'] as const)(
    'take effect once when the process is killed %s any of its appends, and another goes on',
    async (when) => {
      for (let nth = 1; nth <= 5; nth++) {
        world = new SagaWorld();
        await ordered(world.process());
        const mortal = world.start({ dies: (append) => (append === nth ? when : 'not') });
        await until('it was killed', () => mortal.log.dead);
        const next = world.start();
        await ends(next, 'ended');
        expect(await world.types('bankAccount')).toEqual(['PaidIn', 'TransferOrdered', 'Taken', 'Given']);
        await world.end();
      }
    },
  );

  it('bear the time at which they were sent: what another does after a deadline is late', async () => {
    await ordered(world.process());
    const mortal = world.start({ dies: (append) => (append === 2 ? 'before' : 'not') });
    await until('it was killed', () => mortal.log.dead);
    expect(await world.types('saga')).toEqual(['SagaReacted']);
    const later = '2030-01-01T00:00:00.000Z';
    await ends(
      world.start({ ports: (ports) => ({ ...ports, clock: { now: () => Promise.resolve(later) } }) }),
      'ended',
    );
    const times: unknown[] = [];
    for await (const { type, metadata } of world.log.readAll())
      if (type === 'Taken' || type === 'Given') times.push(metadata['a.at']);
    expect(times).toEqual([later, later]);
  });

  it('would be lost without those who go on: a saga that is killed between two steps stays there', async () => {
    await ordered(world.process());
    // The third append is of the second step.
    const mortal = world.start({ dies: (append) => (append === 4 ? 'before' : 'not') });
    await until('it was killed', () => mortal.log.dead);
    expect(await world.types('bankAccount')).toEqual(['PaidIn', 'TransferOrdered', 'Taken']);
    expect(await world.process().statusOf('transfer', 't1')).toBe('running');
  });

  it('are not decided again when events are delivered again', async () => {
    const first = world.start();
    await ordered(first);
    await ends(first, 'ended');
    await first.runner.stop();
    world.workList.forgetCheckpoints();
    const second = world.start();
    await second.send(OrderTransfer, { ...order, transfer: 't2' });
    await until('the second has ended', async () => (await second.statusOf('transfer', 't2')) === 'ended');
    expect((await world.types('saga')).filter((type) => type === 'SagaReacted')).toHaveLength(2);
    expect(await second.balanceOf('ben')).toBe(60);
  });

  it('take effect once when two processes do the same work at once', async () => {
    const both = [world.start(), world.start()];
    await ordered(both[0]!);
    for (const process of both) await ends(process, 'ended');
    await both[1]!.send(OrderTransfer, { ...order, transfer: 't2' });
    await until('the second has ended', async () => (await both[0]!.statusOf('transfer', 't2')) === 'ended');
    expect((await world.types('bankAccount')).filter((type) => type === 'Taken')).toHaveLength(2);
    expect(await both[1]!.balanceOf('ben')).toBe(60);
  });

  it('go on from the smallest checkpoint when the number of shards is another', async () => {
    const first = world.start({ shards: 2 });
    await ordered(first);
    await ends(first, 'ended');
    await first.runner.stop();
    await first.send(OrderTransfer, { ...order, transfer: 't2' });
    const second = world.start({ shards: 3 });
    await until('the second has ended', async () => (await second.statusOf('transfer', 't2')) === 'ended');
    expect(await second.balanceOf('ben')).toBe(60);
  });

  it('are those of what happened before the saga was there, too', async () => {
    const first = world.start({ sagas: [] });
    await ordered(first);
    const second = world.start();
    await ends(second, 'ended');
    expect(await second.balanceOf('ben')).toBe(30);
  });

  it('records a refusal, and undoes the rest in reverse order', async () => {
    const process = world.start();
    await process.send(Close, { account: 'ben' });
    await ordered(process);
    await ends(process, 'failed');
    expect((await world.types('bankAccount')).slice(3)).toEqual(['Taken', 'GivingUndone', 'TakingUndone']);
    expect(await world.types('saga')).toEqual([
      'SagaReacted',
      'StepAccepted',
      'StepRefused',
      'CompensationStarted',
      'StepAccepted',
      'StepAccepted',
    ]);
    expect([await process.balanceOf('anna'), await process.balanceOf('ben')]).toEqual([100, 0]);
  });
});

describe('rule S2: a step without an answer', () => {
  it('is tried again after a pause, as the same command, and is not taken for refused', async () => {
    const lostAnswer = meeting(Take, (send, nth) => (nth === 1 ? send().then(noAnswer) : undefined));
    const process = world.start(lostAnswer);
    await ordered(process);
    await until('its silence is recorded', async () =>
      (await world.types('saga')).includes('StepUnanswered'),
    );
    const silent = (await world.happened('saga')).filter(({ type }) => type === 'StepUnanswered');
    expect(silent.map(({ data }) => data)).toMatchObject([
      { attempt: 1, retryAt: '2024-06-12T20:00:01.000Z', reason: 'nobody answers' },
    ]);
    world.clock.set('2024-06-12T20:00:01.000Z');
    await ends(process, 'ended');
    expect(await world.types('bankAccount')).toEqual(['PaidIn', 'TransferOrdered', 'Taken', 'Given']);
  });

  it('would be undone though it took effect, if silence were taken for a refusal', async () => {
    const refusing = meeting(Give, (send) =>
      send().then(() => Promise.reject(new Rejected('test.silence', 'nobody answers'))),
    );
    const process = world.start(refusing);
    await ordered(process);
    await ends(process, 'failed');
    expect([await process.balanceOf('anna'), await process.balanceOf('ben')]).toEqual([100, 0]);
  });

  it('parks the instance after three attempts, each pause twice as long', async () => {
    const process = world.start(meeting(Give, noAnswer));
    await ordered(process);
    for (const at of ['20:00:01', '20:00:03']) {
      const before = (await world.types('saga')).length;
      await until(
        'it waits',
        async () => (await process.stateOf('transfer', 't1')).outbox[0]?.retryAt === `2024-06-12T${at}.000Z`,
      );
      world.clock.set(`2024-06-12T${at}.000Z`);
      await until('it was tried', async () => (await world.types('saga')).length > before);
    }
    await ends(process, 'parked');
    expect((await process.stateOf('transfer', 't1')).parked).toBe(
      'Give stayed without an answer 3 times: nobody answers',
    );
  });
});

describe('rule S2: a compensation', () => {
  /** A giving that is on its way for long: it arrives when `deliver` is called. */
  function delayed() {
    let deliver: () => Promise<unknown> = () => Promise.reject(new RangeError('nothing was sent yet'));
    const options = meeting(Give, (send) => {
      deliver = send;
      return noAnswer();
    });
    return { options: { ...options, sagas: undefined }, deliver: () => deliver() };
  }

  it('cancels a command that arrives after it, which is refused from then on', async () => {
    const { options, deliver } = delayed();
    const { ports } = options;
    const process = world.start({ ...(ports && { ports }) });
    await ordered(process);
    await until('its silence is recorded', async () =>
      (await world.types('saga')).includes('StepUnanswered'),
    );
    await process.cancel('transfer', 't1');
    await ends(process, 'cancelled');
    await expect(deliver()).rejects.toMatchObject({ code: 'command.cancelled' });
    expect([await process.balanceOf('anna'), await process.balanceOf('ben')]).toEqual([100, 0]);
  });

  it('would be overtaken if it left no trace: the late original would land', async () => {
    const { options, deliver } = delayed();
    const { ports } = options;
    const process = world.start({ ...(ports && { ports }) });
    await ordered(process);
    await until('its silence is recorded', async () =>
      (await world.types('saga')).includes('StepUnanswered'),
    );
    await process.cancel('transfer', 't1', { compensate: false });
    await ends(process, 'cancelled');
    await deliver();
    expect(await process.balanceOf('ben')).toBe(30);
  });

  it('names what it cancels, the latest first', async () => {
    const process = world.start();
    await process.send(Close, { account: 'ben' });
    await ordered(process);
    await ends(process, 'failed');
    const undone = (await world.happened('bankAccount')).filter(({ type }) => type.endsWith('Undone'));
    const stream = sagaStream('transfer', 't1');
    expect(undone.map(({ type, data }) => [type, data['amount'], data['cancels']])).toEqual([
      ['GivingUndone', 0, stepCommandId(stream, { revision: '0', index: 1 })],
      ['TakingUndone', 30, stepCommandId(stream, { revision: '0', index: 0 })],
    ]);
  });
});
