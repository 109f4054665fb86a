import { hash } from 'node:crypto';
import { isJsonObject } from '../../../domain/kernel/json.js';
import { contextOf } from '../../../domain/kernel/testing.js';
import { RevisionConflict, type StoredEvent } from '../../../domain/kernel/ports/event-log.js';
import { InMemoryEventLog } from '../../eventstore/in-memory-event-log.js';
import { collect } from '../../eventstore/testing/collect.js';
import {
  FaultyEventLog,
  after,
  delayed,
  killed,
  lostAnswer,
  lostRequest,
} from '../../eventstore/testing/faulty-event-log.js';
import { BeginTransfer, CloseAccount, Deposit, Withdraw } from './testing/account.js';
import { Process, accountStream, verifyAccounts } from './testing/process.js';

const account = 'a1';
const stream = accountStream(account);
const keyed = `idempotency-acme.${hash('sha256', JSON.stringify(['key:alice', 'POST /v1/accounts/:account', 'k']))}`;

let shared: InMemoryEventLog;
let here: Process;
let elsewhere: Process;

beforeEach(async () => {
  shared = new InMemoryEventLog();
  here = await Process.start(shared);
  elsewhere = await Process.start(shared);
});

afterEach(async () => {
  expect((await verifyAccounts(shared)).violations).toEqual([]);
});

const stored = () => collect(shared.read(stream));
const entries = () => collect(shared.read(keyed));
const dataOf = ({ data }: { readonly data: unknown }) => (isJsonObject(data) ? data : {});

describe('rule C3: a request with an Idempotency-Key', () => {
  it('writes its attempt at the key before its events, and both at exactly what was read', async () => {
    await here.send(Deposit, { account, amount: 1 });
    here.log.sent.splice(0);
    await here.sendOnce('k', Deposit, { account, amount: 5 });
    expect(here.log.sent.map((append) => [append.stream, append.expected, append.events[0]?.type])).toEqual([
      [keyed, 'no_stream', 'Attempt'],
      [stream, 0n, 'Deposited'],
    ]);
    expect(dataOf((await entries())[0]!)).toMatchObject({ target: stream, revision: '0' });
  });

  it('is given the first answer again, here and elsewhere, and takes effect once', async () => {
    const first = await here.sendOnce('k', Deposit, { account, amount: 5 });
    await elsewhere.send(Deposit, { account, amount: 1 });
    expect(await here.sendOnce('k', Deposit, { account, amount: 5 })).toEqual(first);
    expect(await elsewhere.sendOnce('k', Deposit, { account, amount: 5 })).toEqual(first);
    expect(await here.stateOf(account)).toMatchObject({ balance: 6 });
  });

  it('goes on, after a crash between the attempt and its events, with what the attempt settled', async () => {
    here.log.plan('account', killed);
    await expect(
      here.sendOnce('k', BeginTransfer, { account }, { at: '2024-06-12T20:00:00.000Z' }),
    ).rejects.toThrow();
    await elsewhere.sendOnce('k', BeginTransfer, { account }, { at: '2024-06-13T09:00:00.000Z' });
    const [attempt] = (await entries()).map(dataOf);
    const [event] = await stored();
    expect(await stored()).toHaveLength(1);
    expect(dataOf(event!)).toEqual({ account, ...(attempt?.['generated'] as object) });
    expect(event?.metadata).toMatchObject({
      'a.at': '2024-06-12T20:00:00.000Z',
      'a.cmd': attempt?.['commandId'],
    });
  });

  it('keeps the first generated id after a success, so that no second one is made', async () => {
    const first = await here.sendOnce('k', BeginTransfer, { account });
    expect(await elsewhere.sendOnce('k', BeginTransfer, { account })).toEqual(first);
    expect(await stored()).toHaveLength(1);
  });

  it('has a command id that follows from the key and the principal alone', async () => {
    await here.sendOnce('k', Deposit, { account, amount: 5 });
    await here.sendOnce('another', Deposit, { account, amount: 5 });
    const [first, second] = await stored();
    expect(first?.metadata['a.cmd']).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-/);
    expect(first?.metadata['a.cmd']).not.toBe(second?.metadata['a.cmd']);
    expect(first?.metadata['a.cmd']).not.toBe(contextOf().commandId);
  });

  it.each<[string, { account: string; amount: number }]>([
    ['body', { account, amount: 6 }],
    ['aggregate', { account: 'another', amount: 5 }],
  ])('is refused with another %s than the key first came with', async (_what, other) => {
    await here.sendOnce('k', Deposit, { account, amount: 5 });
    await expect(elsewhere.sendOnce('k', Deposit, other)).rejects.toMatchObject({
      name: 'KeyReused',
      code: 'idempotency.key-reused',
    });
    await expect(elsewhere.sendOnce('k', CloseAccount, { account })).rejects.toMatchObject({
      name: 'KeyReused',
    });
    expect(await collect(shared.read(accountStream('another')))).toEqual([]);
    expect(await stored()).toHaveLength(1);
  });

  it('is refused with another body also after a refusal, and of two at once', async () => {
    await expect(here.sendOnce('k', Withdraw, { account, amount: 5 })).rejects.toMatchObject({
      code: 'account.overdrawn',
    });
    await expect(here.sendOnce('k', Deposit, { account, amount: 5 })).rejects.toMatchObject({
      name: 'KeyReused',
    });
    here.log.plan(
      'idempotency',
      after(() => elsewhere.sendOnce('k2', Deposit, { account, amount: 5 })),
    );
    await expect(here.sendOnce('k2', Deposit, { account, amount: 7 })).rejects.toMatchObject({
      name: 'KeyReused',
    });
    expect(await here.stateOf(account)).toMatchObject({ balance: 5 });
  });

  it('is refused with another body also when the first one is finished between its two reads', async () => {
    const overtaken = await Process.start(
      new OvertakenLog(shared, stream, () => here.sendOnce('k', Deposit, { account, amount: 5 })),
    );
    await expect(overtaken.sendOnce('k', Deposit, { account, amount: 7 })).rejects.toMatchObject({
      code: 'idempotency.key-reused',
    });
    expect(await here.stateOf(account)).toMatchObject({ balance: 5 });
  });

  it('stays refused once it was, though the rules would allow it by now', async () => {
    const refusal = { code: 'account.overdrawn', details: { balance: 0 } };
    await expect(here.sendOnce('k', Withdraw, { account, amount: 5 })).rejects.toMatchObject(refusal);
    await elsewhere.send(Deposit, { account, amount: 5 });
    await expect(here.sendOnce('k', Withdraw, { account, amount: 5 })).rejects.toMatchObject(refusal);
    await expect(elsewhere.sendOnce('k', Withdraw, { account, amount: 5 })).rejects.toMatchObject(refusal);
  });

  it('that had nothing to do is given the same answer again, whatever was appended since', async () => {
    const closed = await here.send(CloseAccount, { account });
    expect(await here.sendOnce('k', CloseAccount, { account })).toEqual(closed);
    await elsewhere.send(BeginTransfer, { account, transferId: 't1' });
    expect(await elsewhere.sendOnce('k', CloseAccount, { account })).toEqual(closed);
  });

  it('takes effect once when two processes carry it out at the same time', async () => {
    const answers = await Promise.all(
      [here, elsewhere, await Process.start(shared)].map((process) =>
        process.sendOnce('k', BeginTransfer, { account }),
      ),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await stored()).toHaveLength(1);
  });

  it.each(['idempotency', 'account'])(
    'takes effect once when another process is faster before the append to its %s stream',
    async (category) => {
      let other: unknown;
      here.log.plan(
        category,
        after(async () => (other = await elsewhere.sendOnce('k', BeginTransfer, { account }))),
      );
      expect(await here.sendOnce('k', BeginTransfer, { account })).toEqual(other);
      expect(await stored()).toHaveLength(1);
    },
  );

  it('is not told "rejected" while its first attempt goes through', async () => {
    await here.send(Deposit, { account, amount: 1 });
    elsewhere.log.plan(
      'idempotency',
      after(async () => {
        await here.send(Deposit, { account, amount: 9 });
        await here.sendOnce('k', Withdraw, { account, amount: 10 });
      }),
    );
    expect(await elsewhere.sendOnce('k', Withdraw, { account, amount: 10 })).toMatchObject({ revision: '2' });
    expect(await here.stateOf(account)).toMatchObject({ balance: 0 });
  });

  it('is not carried out by a first attempt whose repeat was told "rejected"', async () => {
    await here.send(Deposit, { account, amount: 10 });
    const late = delayed();
    here.log.plan('account', late.fault, lostRequest);
    await expect(here.sendOnce('k', Withdraw, { account, amount: 10 })).rejects.toMatchObject({
      code: 'command.unknown',
    });
    await elsewhere.send(Withdraw, { account, amount: 1 });
    await expect(elsewhere.sendOnce('k', Withdraw, { account, amount: 10 })).rejects.toMatchObject({
      code: 'account.overdrawn',
    });
    await expect(late.deliver()).rejects.toBeInstanceOf(RevisionConflict);
    expect(await here.stateOf(account)).toMatchObject({ balance: 9 });
  });

  it('finds its success though the process that is asked again remembers an older state', async () => {
    await expect(elsewhere.send(Withdraw, { account, amount: 10 })).rejects.toMatchObject({
      code: 'account.overdrawn',
    });
    await here.send(Deposit, { account, amount: 10 });
    here.log.plan('account', lostAnswer, (_send, append) =>
      Promise.reject(new RevisionConflict(append.stream, undefined)),
    );
    const first = await here.sendOnce('k', Withdraw, { account, amount: 10 });
    expect(await elsewhere.sendOnce('k', Withdraw, { account, amount: 10 })).toEqual(first);
    expect(await here.stateOf(account)).toMatchObject({ balance: 0 });
  });

  it('finds its success behind an attempt though the remembered state would let it through again', async () => {
    await elsewhere.send(Deposit, { account, amount: 20 });
    const late = delayed();
    here.log.plan('account', late.fault, lostRequest);
    await expect(here.sendOnce('k', Withdraw, { account, amount: 10 })).rejects.toMatchObject({
      code: 'command.unknown',
    });
    const { position } = await late.deliver();
    expect(await elsewhere.sendOnce('k', Withdraw, { account, amount: 10 })).toMatchObject({
      revision: '1',
      position: position.toString(),
    });
    expect(await here.stateOf(account)).toMatchObject({ balance: 10 });
  });

  it('changes nothing, and may be repeated, when its reservation stays unknown', async () => {
    here.log.plan('idempotency', lostRequest, lostRequest);
    await expect(here.sendOnce('k', Deposit, { account, amount: 5 })).rejects.toMatchObject({
      name: 'Unavailable',
      code: 'command.unavailable',
    });
    expect(await stored()).toEqual([]);
    await here.sendOnce('k', Deposit, { account, amount: 5 });
    expect(await here.stateOf(account)).toMatchObject({ balance: 5 });
  });
});

describe('rule F3: streams of keys are bookkeeping', () => {
  it('bear no audit metadata and no content of the request', async () => {
    await here.sendOnce('k', Deposit, { account, amount: 5, memo: 'private' });
    const [attempt] = await entries();
    expect(attempt?.metadata).toEqual({});
    expect(JSON.stringify(attempt?.data)).not.toContain('private');
    expect(await verifyAccounts(shared)).toMatchObject({ bookkeeping: 1, events: 2 });
  });

  it('fix the id of an entry before it is first sent, so that sending it again is harmless', async () => {
    here.log.plan('idempotency', lostAnswer);
    await here.sendOnce('k', Deposit, { account, amount: 5 });
    const [first, second] = here.log.sent.filter((append) => append.stream === keyed);
    expect(second).toEqual(first);
    expect(await entries()).toHaveLength(1);
  });

  it('have ids that are random: two attempts of one command are two entries', async () => {
    here.log.plan('account', killed);
    await expect(here.sendOnce('k', Deposit, { account, amount: 5 })).rejects.toThrow();
    await elsewhere.sendOnce('k', Deposit, { account, amount: 5 });
    const ids = (await entries()).map(({ id }) => id);
    expect(new Set(ids).size).toBe(2);
  });
});

/** A log where something happens just before a stream is first read. */
class OvertakenLog extends FaultyEventLog {
  private overtaken = false;

  constructor(
    log: InMemoryEventLog,
    private readonly stream: string,
    private readonly meanwhile: () => Promise<unknown>,
  ) {
    super(log);
  }

  override async *read(stream: string, from?: bigint): AsyncIterable<StoredEvent> {
    if (stream === this.stream && !this.overtaken) {
      this.overtaken = true;
      await this.meanwhile();
    }
    yield* super.read(stream, from);
  }
}
