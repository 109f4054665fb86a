import pino from 'pino';
import { RecordRefusals } from '../../../domain/audit/commands.js';
import { workspaceId } from '../../../domain/kernel/names.js';
import type { Answer } from '../../../infra/engine/commands/aggregates.js';
import { contextOf } from '../../../infra/engine/commands/execution-context.js';
import { randomIds } from '../../../infra/system/random-ids.js';
import { systemClock } from '../../../infra/system/system-clock.js';
import { PlatformClock } from '../../config/platform-clock.js';
import { Refusals, type Refused } from './refusals.js';

const acme = workspaceId('acme');
const globex = workspaceId('globex');
const denied: Refused = {
  workspace: acme,
  principal: 'key:a',
  code: 'access.denied',
  outcome: 'denied',
  route: 'GET /v1/x',
  correlationId: 'c',
};

class Log {
  readonly sent: { readonly command: RecordRefusals; readonly commandId: string }[] = [];
  fails = false;

  execute(command: object): Promise<Answer> {
    if (!(command instanceof RecordRefusals)) throw new RangeError('only refusals are recorded here');
    this.sent.push({ command, commandId: contextOf(command).context.commandId });
    return this.fails
      ? Promise.reject(new Error('the log is away'))
      : Promise.resolve({ stream: command.log });
  }

  total(of: (command: RecordRefusals) => boolean = () => true): number {
    return this.sent.reduce((sum, { command }) => sum + (of(command) ? command.refusals.count : 0), 0);
  }
}

describe('What a process refuses', () => {
  let log: Log;
  let refusals: Refusals;
  beforeEach(() => {
    log = new Log();
    refusals = new Refusals({
      commands: log,
      clock: new PlatformClock('system', systemClock),
      ids: randomIds,
      logger: pino({ level: 'silent' }),
    });
  });
  afterEach(() => refusals.onApplicationShutdown());

  it('is one event for each principal, reason and minute, however often it happens', async () => {
    for (let count = 0; count < 10_000; count++) refusals.note(denied);
    refusals.note({ ...denied, code: 'access.unauthenticated' });
    refusals.note({ ...denied, principal: 'key:b' });
    refusals.note({ ...denied, outcome: 'failure' });
    await refusals.flush(acme);
    expect(log.total()).toBe(10_003);
    // Should a minute end meanwhile, there is one more.
    expect(log.sent.length).toBeLessThanOrEqual(5);
  });

  it('fills neither memory nor log, however many ask: beyond a thousand they are counted together', async () => {
    for (let index = 0; index < 5000; index++) refusals.note({ ...denied, principal: `key:${index}` });
    await refusals.flush(acme);
    expect(log.total()).toBe(5000);
    expect(log.sent.length).toBeLessThanOrEqual(1010);
    expect(log.total(({ refusals: { principal } }) => principal === 'others')).toBeGreaterThanOrEqual(3000);
  });

  it('is written for the workspace whose trail is read, and for all at the end', async () => {
    refusals.note(denied);
    refusals.note({ ...denied, workspace: globex });
    await refusals.flush(globex);
    expect(log.sent).toHaveLength(1);
    await refusals.onApplicationShutdown();
    expect(log.sent).toHaveLength(2);
  });

  it('is sent again under the same id where it may or may not have been written, and counted apart', async () => {
    log.fails = true;
    refusals.note(denied);
    await refusals.flush(acme);
    refusals.note(denied);
    log.fails = false;
    await refusals.flush(acme);
    const [first, ...others] = log.sent;
    expect(others).toHaveLength(2);
    expect(others.filter(({ commandId }) => commandId === first?.commandId)).toHaveLength(1);
    expect(others.map(({ command }) => command.refusals.count)).toEqual([1, 1]);
  });

  it('goes to a stream of its process and day', async () => {
    refusals.note(denied);
    await refusals.flush(acme);
    expect(log.sent[0]?.command.log).toMatch(/^\d{4}-\d{2}-\d{2}-[0-9a-f-]{36}$/);
  });
});
