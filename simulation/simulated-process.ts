import pino from 'pino';
import { streamName, systemWorkspace, type WorkspaceId } from '../domain/kernel/names.js';
import type { EventLog, StoredEvent } from '../domain/kernel/ports/event-log.js';
import type { Clock } from '../domain/kernel/time.js';
import { platformFieldsOf } from '../domain/kernel/command.js';
import { BeginManualClock } from '../domain/engine/clock-commands.js';
import { clock as platformClock, clockId } from '../domain/engine/clock.js';
import { sagaInstances } from '../domain/engine/saga-instance.js';
import type { AnyDecider } from '../domain/kernel/decider.js';
import { systemContext, type CommandContext } from '../domain/kernel/event.js';
import { Aggregates, type Answer } from '../infra/engine/commands/aggregates.js';
import { CommandExecution } from '../infra/engine/commands/command-execution.js';
import type { RequestFingerprint } from '../infra/engine/commands/idempotency-stream.js';
import { ManualClock } from '../infra/system/manual-clock.js';
import { Leases } from '../infra/engine/leases/leases.js';
import { JobRunner } from '../infra/engine/jobs/job-runner.js';
import { ReadModelOperations } from '../infra/engine/projections/operations.js';
import { Projector } from '../infra/engine/projections/projector.js';
import { ReadModel } from '../infra/engine/projections/read-model.js';
import { ReadYourWrites } from '../infra/engine/projections/read-your-writes.js';
import { ServedReadModels } from '../infra/engine/projections/serving-builds.js';
import { SagaRunner } from '../infra/engine/sagas/saga-runner.js';
import { obtainOrigin } from '../infra/eventstore/origin.js';
import { account } from './bank/account.js';
import { SimulatedPool } from './bank/computations.js';
import { fees } from './bank/fees.js';
import { fulfilment } from './bank/fulfilment.js';
import {
  nameHolders,
  openReports,
  projections as currentProjections,
  statements,
  type NameHolder,
  type Statement,
} from './bank/read-models.js';
import { olderProjections } from './bank/older-code.js';
import { report, reportJob } from './bank/report.js';
import { shipment } from './bank/shipment.js';
import { sagaList } from '../projections/engine/sagas.js';
import { DistantLog } from './faults/distant-log.js';
import { distant } from './faults/distant-port.js';
import type { Line } from './faults/line.js';
import { seededIds, type World } from './world.js';

const sagas = [fulfilment];
const instances = sagaInstances(sagas);
const deciders: readonly AnyDecider[] = [account, report, fees, shipment, instances, platformClock];

export interface ProcessOptions {
  /** Undefined: it runs no projections and no jobs, and knows how far read models are from the store alone. */
  readonly lanes?: number | undefined;
  /** It shares lanes and sagas with the others by leases; without them it does everything, beside them. */
  readonly leased?: boolean;
  /** Its read models are not mended yet. */
  readonly older?: boolean;
}

const logger = pino({ level: 'silent' });
const pollMs = 1000;

/** One process: the engine's own objects, over its own line to the stores. */
export class SimulatedProcess {
  private constructor(
    readonly line: Line,
    readonly statements: ReadModel<Statement>,
    readonly nameHolders: ReadModel<NameHolder>,
    readonly operations: ReadModelOperations,
    private readonly execution: CommandExecution,
    private readonly work: readonly { stop(): Promise<void> }[],
  ) {}

  /** @throws what a program ends with that does not reach its stores when it starts */
  static async start(
    world: World,
    line: Line,
    { lanes, leased = false, older = false }: ProcessOptions,
    crash: () => Promise<void>,
  ): Promise<SimulatedProcess> {
    const ids = seededIds(world.random.fork());
    const systemClock = { now: () => Promise.resolve(world.clock.now()) };
    const log = new DistantLog(world.log, line);
    const store = distant(world.store, line, {
      name: 'store',
      iterables: ['all', 'live', 'parked'],
      local: ['refusal'],
      bulks: ['write'],
    });
    const { codec } = world;
    const origin = await obtainOrigin(log, systemClock, ids);
    const aggregates = new Aggregates(log, codec);
    const execution = new CommandExecution({ log, codec, origin, ids, aggregates, pauseMs: 100 });
    const send = (command: object, context: CommandContext): Promise<Answer> =>
      execution.execute(deciderOf(command), command, { context }, []);
    const clock = world.manualClock ? await manualClock(world, log, execution) : systemClock;
    const leases = leased
      ? new Leases({ store: distant(world.leases, line, { name: 'leases' }), holder: line.process })
      : undefined;
    const readModels = new ServedReadModels(store);
    const work: { stop(): Promise<void> }[] = [];
    const projections = older ? olderProjections : currentProjections;
    let projector: Projector | undefined;
    if (lanes !== undefined) {
      projector = new Projector({
        log,
        codec,
        store,
        projections,
        logger,
        lanes,
        pollMs,
        ...(leases && { leases }),
      });
      await projector.start();
      const pool = new SimulatedPool(world, crash);
      const jobs = new JobRunner({
        ...{
          jobs: [reportJob],
          openJobs: openReports,
          store,
          readModels,
          pool,
          send,
          clock,
          ids,
          logger,
          pollMs,
        },
      });
      jobs.start();
      const ports = {
        ...{ sagas, log, codec, store, readModels, workList: sagaList },
        ...{ send, clock, ids, logger },
        stateOf: (workspace: WorkspaceId, id: string) => execution.stateOf(instances, workspace, id),
      };
      const runner = new SagaRunner({ ports, shards: 2, pollMs, lookMs: pollMs, ...(leases && { leases }) });
      runner.start();
      work.push(jobs, runner, projector, ...(leases ? [leases] : []));
    }
    const waits = new ReadYourWrites({ store, ...(projector && { projector }) });
    const none = (): undefined => undefined;
    return new SimulatedProcess(
      line,
      new ReadModel(statements, store, codec, waits, none),
      new ReadModel(nameHolders, store, codec, waits, none),
      new ReadModelOperations({ log, codec, store, projections, logger, lanes: lanes ?? 1 }),
      execution,
      work,
    );
  }

  execute(command: object, context: CommandContext, fingerprint?: RequestFingerprint): Promise<Answer> {
    const { generated } = platformFieldsOf(command.constructor as new () => object);
    return this.execution.execute(
      deciderOf(command),
      command,
      { context, ...(fingerprint && { fingerprint }) },
      generated,
    );
  }

  async stop(): Promise<void> {
    for (const work of this.work) await work.stop();
  }
}

/** A manual clock that was never set begins at the system's time. */
async function manualClock(
  { codec, clock }: World,
  log: EventLog,
  execution: CommandExecution,
): Promise<Clock> {
  const stream = streamName(platformClock.category, systemWorkspace, clockId);
  const timeOf = (stored: StoredEvent): string => (codec.decodeSealed(stored).data as { to: string }).to;
  const manual = new ManualClock(log, stream, timeOf);
  if ((await manual.last()) === undefined) {
    const to = clock.now();
    const begin = Object.assign(new BeginManualClock(), { to });
    await execution.execute(platformClock, begin, { context: systemContext('begin-manual-clock', to) }, []);
  }
  return manual;
}

function deciderOf(command: object): AnyDecider {
  const found = deciders.find(({ commands }) => Object.hasOwn(commands, command.constructor.name));
  if (!found) throw new RangeError(`no decider knows ${command.constructor.name}`);
  return found;
}
