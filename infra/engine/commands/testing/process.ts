import { randomUUID } from 'node:crypto';
import type { CommandContext } from '../../../../domain/kernel/event.js';
import { streamName } from '../../../../domain/kernel/names.js';
import type { EventLog } from '../../../../domain/kernel/ports/event-log.js';
import { command, contextOf } from '../../../../domain/kernel/testing.js';
import { verifyLinks, type LinkReport } from '../../../audit/verify-links.js';
import { EventCodec } from '../../../eventstore/event-codec.js';
import { obtainOrigin } from '../../../eventstore/origin.js';
import { FaultyEventLog } from '../../../eventstore/testing/faulty-event-log.js';
import { RepeatableKeys } from '../../../keys/testing/repeatable-keys.js';
import { SubjectSealer } from '../../../keys/sealing.js';
import { randomIds } from '../../../system/random-ids.js';
import { systemClock } from '../../../system/system-clock.js';
import { Aggregates, type Answer } from '../aggregates.js';
import { AggregateStates } from '../aggregate-states.js';
import { CommandExecution } from '../command-execution.js';
import type { RequestFingerprint } from '../idempotency-stream.js';
import { account, accountEvents, type Account } from './account.js';

const { workspace } = contextOf();

export const accountStream = (id: string) => streamName('account', workspace, id);

/** What a request with an `Idempotency-Key` is known by. */
export function fingerprintOf(key: string, content: string): RequestFingerprint {
  return { workspace, principal: 'key:alice', route: 'POST /v1/accounts/:account', key, content };
}

/** A process of its own over a shared log: its own connection, its own cache. */
export class Process {
  readonly log: FaultyEventLog;
  readonly states: AggregateStates;

  private constructor(
    log: FaultyEventLog,
    codec: EventCodec,
    private readonly execution: CommandExecution,
  ) {
    this.log = log;
    this.states = new AggregateStates(log, codec);
  }

  static async start(shared: EventLog): Promise<Process> {
    const log = new FaultyEventLog(shared);
    const codec = new EventCodec([accountEvents], new SubjectSealer(new RepeatableKeys()));
    const origin = await obtainOrigin(log, systemClock, randomIds);
    const aggregates = new Aggregates(log, codec);
    const ports = { log, codec, origin, ids: randomIds, aggregates, pauseMs: 0 };
    return new Process(log, codec, new CommandExecution(ports));
  }

  send<Command extends object>(
    type: new () => Command,
    fields: Partial<Command>,
    context: Partial<CommandContext> = {},
  ): Promise<Answer> {
    const asked = contextOf({ commandId: randomUUID(), ...context });
    return this.execution.execute(account, command(type, fields), { context: asked }, []);
  }

  /** As a request with a key: the door makes new ids for it each time it comes. */
  sendOnce<Command extends object>(
    key: string,
    type: new () => Command,
    fields: Partial<Command>,
    context: Partial<CommandContext> = {},
  ): Promise<Answer> {
    const asked = command(type, fields);
    const generated = type.name === 'BeginTransfer' ? ['transferId'] : [];
    for (const field of generated) Reflect.set(asked, field, randomUUID());
    const fingerprint = fingerprintOf(key, JSON.stringify([type.name, fields]));
    return this.execution.execute(
      account,
      asked,
      { context: contextOf({ commandId: randomUUID(), ...context }), fingerprint },
      generated,
    );
  }

  stateOf(id: string): Promise<Account> {
    return this.states.read(account, workspace, id);
  }
}

export function verifyAccounts(log: EventLog): Promise<LinkReport> {
  return verifyLinks(log, { audited: new Set(['account', 'origin']) });
}
