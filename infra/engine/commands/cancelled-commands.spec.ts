import { InMemoryEventLog } from '../../eventstore/in-memory-event-log.js';
import { lostRequest } from '../../eventstore/testing/faulty-event-log.js';
import { collect } from '../../eventstore/testing/collect.js';
import type { AnyDecider } from '../../../domain/kernel/decider.js';
import { contextOf } from '../../../domain/kernel/testing.js';
import { EventCodec } from '../../eventstore/event-codec.js';
import { FaultyEventLog } from '../../eventstore/testing/faulty-event-log.js';
import { SubjectSealer } from '../../keys/sealing.js';
import { RepeatableKeys } from '../../keys/testing/repeatable-keys.js';
import { randomIds } from '../../system/random-ids.js';
import { bankAccount, bankEvents, Give, UndoGiving } from '../sagas/testing/bank.js';
import { Aggregates } from './aggregates.js';
import { CommandExecution } from './command-execution.js';

/** A process of its own over a shared log. */
function processOver(shared: InMemoryEventLog, decider: AnyDecider = bankAccount) {
  const log = new FaultyEventLog(shared);
  const codec = new EventCodec([bankEvents], new SubjectSealer(new RepeatableKeys()));
  const aggregates = new Aggregates(log, codec);
  const origin = 'f'.repeat(32);
  const execution = new CommandExecution({ log, codec, origin, ids: randomIds, aggregates, pauseMs: 0 });
  return {
    log,
    send: (command: object, commandId: string) =>
      execution.execute(decider, command, { context: contextOf({ commandId }) }, []),
  };
}

const give = () => Object.assign(new Give(), { account: 'ben', transfer: 't1', amount: 30 });
const undo = (cancels = 'give-1') =>
  Object.assign(new UndoGiving(), { account: 'ben', transfer: 't1', cancels });

let shared: InMemoryEventLog;
beforeEach(() => (shared = new InMemoryEventLog()));

const types = async () => (await collect(shared.readAll())).map(({ type }) => type);

describe('rule S2: a command that was cancelled', () => {
  it('is refused from then on, in whatever process', async () => {
    const [here, elsewhere] = [processOver(shared), processOver(shared)];
    await here.send(undo(), 'undo-1');
    for (const process of [here, elsewhere])
      await expect(process.send(give(), 'give-1')).rejects.toMatchObject({
        name: 'Rejected',
        code: 'command.cancelled',
        details: { commandId: 'give-1' },
      });
    await here.send(give(), 'give-2');
    expect(await types()).toEqual(['GivingUndone', 'Given']);
  });

  it('is refused by a process that had loaded the stream before', async () => {
    const [here, elsewhere] = [processOver(shared), processOver(shared)];
    await elsewhere.send(give(), 'give-0');
    await here.send(undo(), 'undo-1');
    await expect(elsewhere.send(give(), 'give-1')).rejects.toMatchObject({ code: 'command.cancelled' });
  });

  it('gets its first answer again when it was carried out before', async () => {
    const here = processOver(shared);
    const first = await here.send(give(), 'give-1');
    await here.send(undo(), 'undo-1');
    expect(await here.send(give(), 'give-1')).toEqual(first);
  });

  it('is cancelled once, however often its compensation comes', async () => {
    const here = processOver(shared);
    here.log.plan('bankAccount', lostRequest);
    const first = await here.send(undo(), 'undo-1');
    expect(await processOver(shared).send(undo(), 'undo-1')).toEqual(first);
    expect(await types()).toEqual(['GivingUndone']);
  });
});

describe('rule S2: a compensation', () => {
  const undoing = (decide: () => readonly { type: string; data: object }[]): AnyDecider => ({
    ...(bankAccount as AnyDecider),
    decide: { ...(bankAccount as AnyDecider).decide, UndoGiving: decide },
  });

  it.each([
    ['decides on nothing', []],
    ['names another command', [{ type: 'GivingUndone', data: { account: 'ben', cancels: 'give-2' } }]],
    ['decides on an event that cancels nothing', [{ type: 'Closed', data: { account: 'ben' } }]],
  ])('breaks an invariant when it %s', async (_what, events) => {
    const here = processOver(
      shared,
      undoing(() => events),
    );
    await expect(here.send(undo(), 'undo-1')).rejects.toMatchObject({
      name: 'InvariantBroken',
      code: 'command.not-cancelled',
    });
    expect(await types()).toEqual([]);
  });

  it('may decide on nothing when the command is named already', async () => {
    await processOver(shared).send(undo(), 'undo-1');
    const here = processOver(
      shared,
      undoing(() => []),
    );
    await expect(here.send(undo(), 'undo-2')).resolves.toMatchObject({ revision: '0' });
  });
});
