import { readFileSync, readdirSync } from 'node:fs';
import { command } from '../../../domain/kernel/testing.js';
import { AppendUnknown, RevisionConflict } from '../../../domain/kernel/ports/event-log.js';
import { InMemoryEventLog } from '../../eventstore/in-memory-event-log.js';
import { collect } from '../../eventstore/testing/collect.js';
import { FarEventLog, far } from '../../eventstore/testing/far-event-log.js';
import { after, delayed, lostAnswer, lostRequest } from '../../eventstore/testing/faulty-event-log.js';
import { CloseAccount, Deposit, NameOwner, Withdraw } from './testing/account.js';
import { Process, accountStream, verifyAccounts } from './testing/process.js';

const account = 'a1';
const stream = accountStream(account);

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
const typesStored = async () => (await stored()).map(({ type }) => type);

describe('rule C1: load, decide, append at exactly the revision loaded', () => {
  it('decides again when somebody else was first', async () => {
    await here.send(Deposit, { account, amount: 10 });
    here.log.plan(
      'account',
      after(() => elsewhere.send(Withdraw, { account, amount: 10 })),
    );
    await expect(here.send(Withdraw, { account, amount: 10 })).rejects.toMatchObject({
      code: 'account.overdrawn',
      details: { balance: 0 },
    });
    expect(await typesStored()).toEqual(['Deposited', 'Withdrawn']);
  });

  it('carries the command out after a conflict when its rules still allow it', async () => {
    await here.send(Deposit, { account, amount: 10 });
    here.log.plan(
      'account',
      after(() => elsewhere.send(Withdraw, { account, amount: 4 })),
    );
    expect(await here.send(Withdraw, { account, amount: 6 })).toMatchObject({ revision: '2' });
    expect(await here.stateOf(account)).toMatchObject({ balance: 0 });
  });

  it('appends at no stream first, and then at the revision it knows', async () => {
    await here.send(Deposit, { account, amount: 1, parts: 3 });
    await here.send(Deposit, { account, amount: 1 });
    const expected = here.log.sent.filter((append) => append.stream === stream).map((sent) => sent.expected);
    expect(expected).toEqual(['no_stream', 2n]);
  });

  it('does a command once whose id the stream holds already, in whatever process', async () => {
    const first = await here.send(Deposit, { account, amount: 10 }, { commandId: 'saga-1' });
    expect(await elsewhere.send(Deposit, { account, amount: 10 }, { commandId: 'saga-1' })).toEqual(first);
    expect(await here.send(Deposit, { account, amount: 10 }, { commandId: 'saga-1' })).toEqual(first);
    expect(await typesStored()).toEqual(['Deposited']);
  });

  it('gives up after fifty conflicts in a row and says that trying again is safe', async () => {
    const meanwhile = after(() => elsewhere.send(Deposit, { account, amount: 1 }));
    here.log.plan('account', ...Array.from({ length: 50 }, () => meanwhile));
    await expect(here.send(Deposit, { account, amount: 100 })).rejects.toMatchObject({
      name: 'Unavailable',
      code: 'command.contended',
    });
    expect(await here.stateOf(account)).toMatchObject({ balance: 50 });
  });

  it('lets commands of one process to one aggregate go one after another, without a conflict', async () => {
    await Promise.all(Array.from({ length: 20 }, () => here.send(Deposit, { account, amount: 1 })));
    expect(await here.stateOf(account)).toMatchObject({ balance: 20 });
    expect(here.log.sent.filter((append) => append.stream === stream)).toHaveLength(20);
  });
});

describe('rule C2: an append without an answer', () => {
  it('is sent again, the same bytes under the same ids', async () => {
    here.log.plan('account', lostRequest);
    await here.send(Deposit, { account, amount: 1, parts: 2 });
    const [first, second] = here.log.sent.filter((append) => append.stream === stream);
    expect(second).toEqual(first);
    expect((await stored()).map(({ id }) => id)).toEqual(first?.events.map(({ id }) => id));
  });

  it('takes effect once when the first one had happened', async () => {
    here.log.plan('account', lostAnswer);
    const answer = await here.send(Deposit, { account, amount: 1, parts: 2 });
    const last = (await stored())[1]!;
    expect(await stored()).toHaveLength(2);
    expect(answer).toEqual({
      stream,
      revision: '1',
      position: last.position.toString(),
      hash: last.metadata['a.h'],
    });
  });

  it('is looked for in the stream when the second answer was lost too', async () => {
    here.log.plan('account', lostAnswer, lostAnswer);
    const answer = await here.send(Deposit, { account, amount: 1, parts: 2 });
    expect(answer).toMatchObject({
      revision: '1',
      position: (await stored())[1]!.position.toString(),
      hash: (await stored())[1]!.metadata['a.h'],
    });
  });

  it('is looked for in the stream when the second one meets a conflict though the first had happened', async () => {
    here.log.plan('account', lostAnswer, (_send, append) =>
      Promise.reject(new RevisionConflict(append.stream, 0n)),
    );
    expect(await here.send(Deposit, { account, amount: 1 })).toMatchObject({ revision: '0' });
    expect(await typesStored()).toEqual(['Deposited']);
  });

  it('is found too where others have appended behind it', async () => {
    here.log.plan('account', lostAnswer, async (_send, append) => {
      await elsewhere.send(Deposit, { account, amount: 5 });
      throw new RevisionConflict(append.stream, 1n);
    });
    expect(await here.send(Deposit, { account, amount: 1 })).toMatchObject({ revision: '0' });
    expect(await here.stateOf(account)).toMatchObject({ balance: 6 });
  });

  it('is decided again when the second one meets a conflict because somebody else was first', async () => {
    here.log.plan(
      'account',
      lostRequest,
      after(() => elsewhere.send(Deposit, { account, amount: 5 })),
    );
    expect(await here.send(Deposit, { account, amount: 1 })).toMatchObject({ revision: '1' });
    expect(await here.stateOf(account)).toMatchObject({ balance: 6 });
  });

  it('is decided again when the stream shows that somebody else was first', async () => {
    here.log.plan('account', lostRequest, async (_send, append) => {
      await elsewhere.send(Deposit, { account, amount: 5 });
      throw new AppendUnknown(append.stream);
    });
    expect(await here.send(Deposit, { account, amount: 1 })).toMatchObject({ revision: '1' });
    expect(await here.stateOf(account)).toMatchObject({ balance: 6 });
  });

  it('is reported as unknown, with the command id, when the stream does not tell either', async () => {
    here.log.plan('account', lostRequest, lostRequest);
    await expect(
      here.send(Deposit, { account, amount: 1 }, { commandId: 'command-9' }),
    ).rejects.toMatchObject({
      name: 'Unavailable',
      code: 'command.unknown',
      details: { commandId: 'command-9' },
    });
  });

  it('never takes other bytes for its own, though they come from the same command', async () => {
    const late = delayed();
    const commandId = 'saga-1';
    const other = () => elsewhere.send(Deposit, { account, amount: 1 }, { commandId });
    here.log.plan('account', late.fault, after(other));
    const answer = await here.send(Deposit, { account, amount: 1 }, { commandId });
    const [event] = await stored();
    expect(answer.hash).toBe(event?.metadata['a.h']);
    await expect(late.deliver()).rejects.toBeInstanceOf(RevisionConflict);
    await here.send(Deposit, { account, amount: 1 });
    expect(await typesStored()).toEqual(['Deposited', 'Deposited']);
  });
});

describe('rule C5: the cache', () => {
  it('does not refuse from what it remembers when the stream says otherwise by now', async () => {
    await here.send(Deposit, { account, amount: 1 });
    await elsewhere.send(Deposit, { account, amount: 9 });
    expect(await here.send(Withdraw, { account, amount: 10 })).toMatchObject({ revision: '2' });
  });

  it('refuses from the stream itself, not from what it remembers', async () => {
    await here.send(Deposit, { account, amount: 1 });
    await elsewhere.send(Deposit, { account, amount: 2 });
    await expect(here.send(Withdraw, { account, amount: 10 })).rejects.toMatchObject({
      code: 'account.overdrawn',
      details: { balance: 3 },
    });
  });

  it('says "it is so already" only with what the stream holds by now', async () => {
    await here.send(CloseAccount, { account });
    await elsewhere.send(NameOwner, { account, owner: 'Ada' });
    expect(await here.send(CloseAccount, { account })).toMatchObject({ revision: '1' });
  });

  it('keeps no event that was never acknowledged', async () => {
    await here.send(Deposit, { account, amount: 1 });
    here.log.plan('account', lostRequest, lostRequest);
    await expect(here.send(Deposit, { account, amount: 9 })).rejects.toMatchObject({
      code: 'command.unknown',
    });
    await expect(here.send(Withdraw, { account, amount: 10 })).rejects.toMatchObject({
      details: { balance: 1 },
    });
    expect(await here.send(Deposit, { account, amount: 2 })).toMatchObject({ revision: '1' });
  });

  it('does not take a command for done whose events were never acknowledged', async () => {
    here.log.plan('account', lostRequest, lostRequest);
    const again = () => here.send(Deposit, { account, amount: 9 }, { commandId: 'saga-1' });
    await expect(again()).rejects.toMatchObject({ code: 'command.unknown' });
    expect(await again()).toMatchObject({ revision: '0' });
    expect(await typesStored()).toEqual(['Deposited']);
  });

  it('takes up an event that had happened though no answer came', async () => {
    await here.send(Deposit, { account, amount: 1 });
    here.log.plan('account', lostAnswer, lostRequest);
    await here.send(Deposit, { account, amount: 9 });
    expect(await here.send(Withdraw, { account, amount: 10 })).toMatchObject({ revision: '2' });
  });

  it('serves a second command without loading the whole stream again', async () => {
    await here.send(Deposit, { account, amount: 1 });
    here.log.reads.splice(0);
    await here.send(Deposit, { account, amount: 1 });
    expect(here.log.reads).toEqual([]);
  });
});

describe('rule C7: the answer', () => {
  it('names the last event that was appended', async () => {
    const answer = await here.send(Deposit, { account, amount: 1, parts: 3 });
    const last = (await stored())[2]!;
    expect(answer).toEqual({
      stream,
      revision: '2',
      position: last.position.toString(),
      hash: last.metadata['a.h'],
    });
  });

  it('names the last event of the stream when there was nothing to append', async () => {
    await here.send(CloseAccount, { account });
    const last = await elsewhere.send(NameOwner, { account, owner: 'Ada' });
    await here.send(Deposit, { account: 'another', amount: 1 });
    expect(await here.send(CloseAccount, { account })).toEqual(last);
  });

  it('names the stream alone when the stream is empty', async () => {
    expect(await here.send(Deposit, { account: 'empty', amount: 1, parts: 0 })).toEqual({
      stream: accountStream('empty'),
    });
  });
});

describe('rule C8: what commands look at', () => {
  it('is the log itself: another process has it at once, without any read model', async () => {
    await here.send(Deposit, { account, amount: 7 });
    expect(await elsewhere.stateOf(account)).toMatchObject({ balance: 7 });
    await here.send(Withdraw, { account, amount: 7 });
    expect(await elsewhere.stateOf(account)).toMatchObject({ balance: 0 });
  });

  it('is never a read model: no file of the command side, nor any rule, imports one', () => {
    const files = ['infra/engine/commands', 'infra/eventstore', 'domain'].flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file}`),
    );
    const sources = files.filter((file) => file.endsWith('.ts') && !file.includes('/ports/'));
    const imports = /from '[^']*(projection|read-model|mongo)[^']*'/;
    expect(sources.length).toBeGreaterThan(20);
    expect(sources.filter((file) => imports.test(readFileSync(file, 'utf8')))).toEqual([]);
  });
});

describe('rule F4: data is serialised once and its own text parsed', () => {
  it('holds the same state in the cache as whoever reads the stream', async () => {
    await here.send(Deposit, { account, amount: 1, memo: undefined });
    expect((await here.stateOf(account)).depositHeld).toEqual(['account', 'amount']);
    expect((await here.stateOf(account)).depositHeld).toEqual((await elsewhere.stateOf(account)).depositHeld);
    expect(here.log.sent.at(-1)?.events[0]?.data).toStrictEqual({ account, amount: 1 });
  });

  it('holds what was stored, whatever becomes of the command afterwards', async () => {
    const asked = command(Deposit, { account, amount: 1 });
    here.log.plan(
      'account',
      after(() => Promise.resolve(Object.assign(asked, { amount: 99 }))),
    );
    await here.send(Deposit, asked);
    expect(await elsewhere.stateOf(account)).toMatchObject({ balance: 1 });
  });

  it('refuses what JSON would change, and appends nothing', async () => {
    await expect(here.send(Deposit, { account, amount: Number.NaN })).rejects.toMatchObject({
      code: 'json.refused',
      details: { path: '/amount' },
    });
    expect(await stored()).toEqual([]);
  });
});

describe('rule F5: positions and revisions are of 64 bits', () => {
  it('answers with decimal strings that tell neighbours apart beyond 2^53', async () => {
    const process = await Process.start(new FarEventLog(shared));
    const first = await process.send(Deposit, { account, amount: 1 });
    const second = await process.send(Deposit, { account, amount: 1 });
    expect([first.position, second.position]).toEqual(
      (await stored()).map(({ position }) => (position + far).toString()),
    );
  });
});
