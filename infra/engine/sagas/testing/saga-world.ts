import pino from 'pino';
import { sagaInstances, sagaId, type SagaInstances } from '../../../../domain/engine/saga-instance.js';
import { CancelSaga, RetrySaga } from '../../../../domain/engine/saga-commands.js';
import { statusOf, type SagaInstance } from '../../../../domain/engine/saga-state.js';
import type { AnyDecider } from '../../../../domain/kernel/decider.js';
import type { CommandContext, Recorded, AnyEvent } from '../../../../domain/kernel/event.js';
import { streamName, workspaceId } from '../../../../domain/kernel/names.js';
import type { EventLog } from '../../../../domain/kernel/ports/event-log.js';
import type { Checkpoint, StoredDocument } from '../../../../domain/kernel/ports/read-model-store.js';
import type { AnySaga } from '../../../../domain/kernel/saga.js';
import { sagaList } from '../../../../projections/engine/sagas.js';
import type { AnyProjection } from '../../../../projections/kernel/projection.js';
import { EventCodec } from '../../../eventstore/event-codec.js';
import { InMemoryEventLog } from '../../../eventstore/in-memory-event-log.js';
import { SubjectSealer } from '../../../keys/sealing.js';
import { RepeatableKeys } from '../../../keys/testing/repeatable-keys.js';
import { randomIds } from '../../../system/random-ids.js';
import { Aggregates, type Answer } from '../../commands/aggregates.js';
import { CommandExecution } from '../../commands/command-execution.js';
import { foldOne } from '../../projections/fold.js';
import type { SagaPorts } from '../saga-ports.js';
import { SagaRunner, type SagaRunnerOptions } from '../saga-runner.js';
import { bankAccount, transfer } from './bank.js';
import { MortalLog } from './mortal-log.js';
import { reminder, reminding } from './reminders.js';

export const acme = workspaceId('acme');

/** The clock of a specification: it stands until it is set, forwards or back. */
export class SettableClock {
  constructor(private at: string) {}

  now(): Promise<string> {
    return Promise.resolve(this.at);
  }

  set(at: string): void {
    this.at = at;
  }
}

/** The work list and the checkpoints: what a read model store keeps of sagas, folded from the log when it is read. */
export class WorkList {
  private readonly documents = new Map<string, StoredDocument>();
  private readonly saved = new Map<string, Checkpoint>();
  private next = 0n;
  private reading: Promise<void> = Promise.resolve();

  constructor(
    private readonly log: EventLog,
    private readonly codec: EventCodec,
  ) {}

  prepare(): Promise<void> {
    return Promise.resolve();
  }

  checkpoints({ name }: { readonly name: string }): Promise<readonly Checkpoint[]> {
    const prefix = `${name} `;
    return Promise.resolve([...this.saved].flatMap(([key, one]) => (key.startsWith(prefix) ? [one] : [])));
  }

  saveCheckpoint({ name }: { readonly name: string }, checkpoint: Checkpoint): Promise<boolean> {
    const key = `${name} ${checkpoint.lanes}/${checkpoint.lane}`;
    const before = this.saved.get(key);
    if (!before || before.position < checkpoint.position) this.saved.set(key, checkpoint);
    return Promise.resolve(true);
  }

  /** As after a power failure: what was not yet saved is handed over again. */
  forgetCheckpoints(): void {
    this.saved.clear();
  }

  async due(_model: unknown, atMost: string, limit: number): Promise<readonly StoredDocument[]> {
    const wakeAtOf = ({ document }: StoredDocument): string => {
      const wakeAt = document?.['wakeAt'];
      return typeof wakeAt === 'string' ? wakeAt : '~';
    };
    await this.catchUp();
    return [...this.documents.values()]
      .filter((stored) => wakeAtOf(stored) <= atMost)
      .sort((one, other) => (wakeAtOf(one) < wakeAtOf(other) ? -1 : 1))
      .slice(0, limit);
  }

  private catchUp(): Promise<void> {
    this.reading = this.reading.then(async () => {
      for await (const stored of this.log.readAll(this.next)) {
        this.next = stored.position + 1n;
        if (!this.codec.isOurs(stored) || !Object.hasOwn(sagaList.on, stored.type)) continue;
        this.apply(this.codec.decodeSealed(stored));
      }
    });
    return this.reading;
  }

  private apply(event: Recorded<AnyEvent>): void {
    const model: AnyProjection = sagaList;
    for (const id of [model.key(event)].flat()) {
      const after = foldOne(model, this.documents.get(id), event, { workspace: acme, id });
      if (after) this.documents.set(id, after);
    }
  }
}

export interface ProcessOptions extends Partial<Omit<SagaRunnerOptions, 'ports'>> {
  readonly sagas?: readonly AnySaga[];
  /** Where in its life the process is killed: at its nth append. */
  readonly dies?: (nth: number) => 'before' | 'after' | 'not';
  /** Changes how this process sees its surroundings. */
  readonly ports?: (ports: SagaPorts) => SagaPorts;
}

/** One process: its own connection, its own cache, its own runner. */
export class SagaProcess {
  readonly log: MortalLog;
  readonly runner: SagaRunner;
  private readonly execution: CommandExecution;
  private readonly instances: SagaInstances;
  private readonly deciders: readonly AnyDecider[];

  constructor(
    readonly world: SagaWorld,
    { sagas = [transfer, reminding], dies, ports: adapt = (ports) => ports, ...options }: ProcessOptions,
  ) {
    const { clock, codec, workList } = world;
    this.log = new MortalLog(world.log, dies);
    const aggregates = new Aggregates(this.log, codec, 1_000_000);
    const origin = 'f'.repeat(32);
    this.execution = new CommandExecution({
      log: this.log,
      codec,
      origin,
      ids: randomIds,
      aggregates,
      pauseMs: 0,
    });
    this.instances = sagaInstances(sagas);
    this.deciders = [bankAccount, reminder, this.instances];
    const ports = adapt({
      sagas,
      log: this.log,
      codec,
      store: workList,
      readModels: workList,
      workList: sagaList,
      send: (command, context) => this.execute(command, context),
      stateOf: (workspace, id) => this.execution.stateOf(this.instances, workspace, id),
      clock,
      ids: randomIds,
      logger: pino({ level: 'silent' }),
    });
    this.runner = new SagaRunner({ ports, shards: 2, pollMs: 5, lookMs: 5, ...options });
  }

  /** What a client asks through this process. */
  async send<Command extends object>(type: new () => Command, fields: Partial<Command>): Promise<Answer> {
    const commandId = randomIds.next();
    return this.execute(Object.assign(new type(), fields), {
      workspace: acme,
      actor: 'key:alice',
      at: await this.world.clock.now(),
      commandId,
      correlationId: commandId,
      causationId: '',
    });
  }

  async execute(command: object, context: CommandContext): Promise<Answer> {
    const decider = this.deciders.find(({ commands }) => commands[command.constructor.name]);
    if (!decider) throw new RangeError(`nobody takes ${command.constructor.name}`);
    return this.execution.execute(decider, command, { context }, []);
  }

  cancel(saga: string, instance: string, { compensate = true } = {}): Promise<Answer> {
    return this.send(CancelSaga, { saga, instance, reason: 'a person said so', compensate });
  }

  retry(saga: string, instance: string): Promise<Answer> {
    return this.send(RetrySaga, { saga, instance, reason: 'a person said so' });
  }

  balanceOf(account: string): Promise<number> {
    return this.execution.stateOf(bankAccount, acme, account).then(({ balance }) => balance);
  }

  stateOf(saga: string, instance: string): Promise<SagaInstance> {
    return this.execution.stateOf(this.instances, acme, sagaId({ saga, instance }));
  }

  async statusOf(saga: string, instance: string): Promise<string> {
    return statusOf(await this.stateOf(saga, instance));
  }
}

/** What is written down outlives a process: the log, the checkpoints, the work list. */
export class SagaWorld {
  readonly log = new InMemoryEventLog();
  readonly clock = new SettableClock('2024-06-12T20:00:00.000Z');
  readonly sealer = new SubjectSealer(new RepeatableKeys());
  readonly codec = new EventCodec(
    [bankAccount.events, reminder.events, sagaInstances([]).events],
    this.sealer,
  );
  readonly workList = new WorkList(this.log, this.codec);
  private readonly tallies = new Map<string, { next: bigint; count: number }>();
  private readonly processes = new Set<SagaProcess>();

  /** A process that takes commands, and runs no sagas until it is told to. */
  process(options: ProcessOptions = {}): SagaProcess {
    const process = new SagaProcess(this, options);
    this.processes.add(process);
    return process;
  }

  start(options: ProcessOptions = {}): SagaProcess {
    const process = this.process(options);
    process.runner.start();
    return process;
  }

  /** What happened in streams of a category, in the order of the log. */
  async happened(category: string): Promise<{ type: string; data: Record<string, unknown>; at: unknown }[]> {
    const found = [];
    for await (const { stream, type, data, metadata } of this.log.readAll())
      if (stream.startsWith(`${category}-`))
        found.push({ type, data: data as Record<string, unknown>, at: metadata['a.at'] });
    return found;
  }

  async types(category: string): Promise<string[]> {
    return (await this.happened(category)).map(({ type }) => type);
  }

  /** How many events of a type there are; what was counted before is not read again. */
  async count(type: string): Promise<number> {
    const tally = this.tallies.get(type) ?? { next: 0n, count: 0 };
    this.tallies.set(type, tally);
    for await (const event of this.log.readAll(tally.next)) {
      tally.next = event.position + 1n;
      if (event.type === type) tally.count++;
    }
    return tally.count;
  }

  async end(): Promise<void> {
    await Promise.all([...this.processes].map(({ runner }) => runner.stop()));
  }
}

export const sagaStream = (saga: string, instance: string) =>
  streamName('saga', acme, sagaId({ saga, instance }));
