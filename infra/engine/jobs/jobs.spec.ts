import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import type { AnyDecider } from '../../../domain/kernel/decider.js';
import type { CommandContext } from '../../../domain/kernel/event.js';
import { streamName, workspaceId } from '../../../domain/kernel/names.js';
import type { RunManifest } from '../../../domain/reconciliation/contract.js';
import { RequestRun } from '../../../domain/reconciliation/runs/commands.js';
import { runJob } from '../../../domain/reconciliation/runs/run-job.js';
import { run } from '../../../domain/reconciliation/runs/run.js';
import { EventCodec } from '../../eventstore/event-codec.js';
import { InMemoryEventLog } from '../../eventstore/in-memory-event-log.js';
import { InMemoryReadModelStore } from '../../mongo/in-memory-read-model-store.js';
import { FileObjectStore } from '../../objects/file-object-store.js';
import { randomIds } from '../../system/random-ids.js';
import { systemClock } from '../../system/system-clock.js';
import { Aggregates } from '../commands/aggregates.js';
import { CommandExecution } from '../commands/command-execution.js';
import { Projector } from '../projections/projector.js';
import { documentsIn } from '../projections/testing/counting.js';
import { until } from '../projections/testing/until.js';
import { WrappedStore } from '../projections/testing/wrapped-store.js';
import { ComputationLost } from './computation.js';
import { ComputationPool } from './computation-pool.js';
import { JobRunner } from './job-runner.js';
import { openJobs } from './open-jobs.js';
import { writeComputation } from './testing/computation-entry.js';

const acme = workspaceId('acme');
const runId = 'run-1';
const stream = streamName('run', acme, runId);
const open = openJobs([runJob]);
const decider: AnyDecider = run;
const logger = pino({ level: 'silent' });
const object = { sha256: 'a'.repeat(64), bytes: 1, rows: 1 };

/** Stores an object and completes; `if` lets it do something else first. */
const completing = (first = '') => `async ({ runId }, { objects }, nth) => {
  ${first}
  const put = async (text) => ({ ...(await objects.put([Buffer.from(text)])), rows: 0 });
  return { counts: {}, breaks: [], manifest: { matches: await put('matches of ' + runId), breaks: await put('none') } };
}`;

/** One log and one folder of objects; processes over them, each with a pool and a runner of its own. */
class Jobs {
  readonly directory = mkdtempSync(join(tmpdir(), 'axion-jobs-'));
  readonly log = new InMemoryEventLog();
  readonly store = new InMemoryReadModelStore();
  looks = 0;
  private readonly codec = new EventCodec([run.events], {
    seal: () => Promise.reject(new Error('nothing is sealed here')),
    open: () => Promise.reject(new Error('nothing is sealed here')),
  });
  private readonly projector = new Projector({
    log: this.log,
    codec: this.codec,
    store: this.store,
    projections: [open],
    logger,
  });
  private readonly runners: JobRunner[] = [];

  async request(body: string): Promise<string> {
    const entry = writeComputation(this.directory, runJob.name, body);
    await this.projector.start();
    const book = { uploadId: 'u', records: object, timeResolution: 1 };
    const command = Object.assign(new RequestRun(), {
      runId,
      tradeDate: '2024-06-12',
      internal: ['i'],
      broker: ['b'],
      books: [
        { ...book, uploadId: 'i', side: 'internal' },
        { ...book, uploadId: 'b', side: 'broker' },
      ],
    });
    await this.newSend()(command, {
      workspace: acme,
      actor: 'key:alice',
      at: '2024-06-12T20:00:00.000Z',
      commandId: randomIds.next(),
      correlationId: 'c',
      causationId: '',
    });
    await until('the job is open', async () => (await documentsIn(this.store, open)).size === 1);
    return entry;
  }

  /** Each process has a cache of aggregates of its own. */
  newSend() {
    const { log, codec } = this;
    const aggregates = new Aggregates(log, codec);
    const execution = new CommandExecution({
      log,
      codec,
      origin: 'f'.repeat(32),
      ids: randomIds,
      aggregates,
      pauseMs: 1,
    });
    return (command: object, context: CommandContext) => execution.execute(decider, command, { context }, []);
  }

  newPool(entry: string, idleMs?: number): ComputationPool {
    const objectsDirectory = join(this.directory, 'objects');
    return new ComputationPool({ entry, objectsDirectory, ...(idleMs !== undefined && { idleMs }) });
  }

  start(entry: string): JobRunner {
    const watching = new (class extends WrappedStore {
      constructor(private readonly jobs: Jobs) {
        super(jobs.store);
      }
      override due(...of: Parameters<WrappedStore['due']>) {
        this.jobs.looks++;
        return super.due(...of);
      }
    })(this);
    const runner = new JobRunner({
      jobs: [runJob],
      openJobs: open,
      store: watching,
      pool: this.newPool(entry),
      send: this.newSend(),
      clock: systemClock,
      ids: randomIds,
      logger,
      pollMs: 5,
    });
    this.runners.push(runner);
    runner.start();
    return runner;
  }

  async events(): Promise<{ type: string; data: unknown }[]> {
    const found: { type: string; data: unknown }[] = [];
    for await (const { type, data } of this.log.read(stream)) found.push({ type, data });
    return found;
  }

  async types(): Promise<string[]> {
    return (await this.events()).map(({ type }) => type);
  }

  /** How often the computation was begun, in whatever process. */
  get begun(): number {
    const path = join(this.directory, 'begun.log');
    return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n').length : 0;
  }

  async ends(): Promise<void> {
    await until('the job has an outcome', async () =>
      (await this.types()).some((type) => runJob.finished.some((finished) => finished === type)),
    );
  }

  /** The projection of open jobs falls behind for ever. */
  freeze(): Promise<void> {
    return this.projector.stop();
  }

  async stop(): Promise<void> {
    await Promise.all(this.runners.map((runner) => runner.stop()));
    await this.projector.stop();
    rmSync(this.directory, { recursive: true });
  }
}

describe('J1: a job', () => {
  let jobs: Jobs;
  beforeEach(() => (jobs = new Jobs()));
  afterEach(() => jobs.stop());

  it('is done once, its attempt counted before the work, and is open no more', async () => {
    jobs.start(await jobs.request(completing()));
    await jobs.ends();
    expect(await jobs.types()).toEqual(['RunRequested', 'RunStarted', 'RunCompleted']);
    await until('it is open no more', async () =>
      [...(await documentsIn(jobs.store, open)).values()].every(({ document }) => document === undefined),
    );
    expect(jobs.begun).toBe(1);
  });

  it('tells how far its computation is, before its outcome', async () => {
    const telling = `async (input, { progress }) => { progress({ part: 1 }); progress({ part: 2 }); return { input }; }`;
    const entry = await jobs.request(telling);
    const told: object[] = [];
    const output = await jobs
      .newPool(entry)
      .run(runJob.name, { some: 'input' }, (progress) => told.push(progress));
    expect(output).toEqual({ input: { some: 'input' } });
    expect(told).toEqual([{ part: 1 }, { part: 2 }]);
  });

  it('is begun again when its process is killed', async () => {
    const killedOnce = `if (nth === 1) { process.kill(process.pid, 'SIGKILL'); await new Promise(() => {}); }`;
    jobs.start(await jobs.request(completing(killedOnce)));
    await jobs.ends();
    expect(await jobs.types()).toEqual(['RunRequested', 'RunStarted', 'RunStarted', 'RunCompleted']);
  });

  it('is failed with a reason when it ended its process three times', async () => {
    jobs.start(
      await jobs.request(`() => { process.kill(process.pid, 'SIGKILL'); return new Promise(() => {}); }`),
    );
    await jobs.ends();
    expect(await jobs.types()).toEqual([
      'RunRequested',
      'RunStarted',
      'RunStarted',
      'RunStarted',
      'RunFailed',
    ]);
    expect((await jobs.events()).at(-1)?.data).toEqual({
      runId,
      reason: 'the run was begun 3 times and never finished',
    });
    expect(jobs.begun).toBe(3);
  });

  it('is failed at once, with its reason, when the computation refuses it', async () => {
    jobs.start(await jobs.request(`() => { throw new Rejected('books.closed', 'the books do not open'); }`));
    await jobs.ends();
    expect(await jobs.types()).toEqual(['RunRequested', 'RunStarted', 'RunFailed']);
    expect((await jobs.events()).at(-1)?.data).toEqual({ runId, reason: 'the books do not open' });
  });

  it('is begun again when the computation could not be done this time', async () => {
    jobs.start(await jobs.request(`() => { throw new Error('no space left on device'); }`));
    await jobs.ends();
    expect((await jobs.types()).filter((type) => type === 'RunStarted')).toHaveLength(3);
    expect((await jobs.events()).at(-1)?.data).toEqual({
      runId,
      reason: 'the run was begun 3 times and never finished',
    });
  });

  it('loses no attempt while a store that its computation reads does not answer', async () => {
    const awayAtFirst = `if (nth <= 4) throw new Unavailable('event-log.away', 'the event log does not answer');`;
    jobs.start(await jobs.request(completing(awayAtFirst)));
    await jobs.ends();
    const attempt = ['RunStarted', 'RunInterrupted'];
    expect(await jobs.types()).toEqual([
      'RunRequested',
      ...[attempt, attempt, attempt, attempt].flat(),
      'RunStarted',
      'RunCompleted',
    ]);
  });

  it('is not begun again once it is finished, though the read model still shows it', async () => {
    const entry = await jobs.request(completing());
    await jobs.freeze();
    jobs.start(entry);
    await jobs.ends();
    const { looks } = jobs;
    await until('it was looked at often', () => jobs.looks > looks + 20);
    expect(jobs.begun).toBe(1);
    expect(await jobs.types()).toEqual(['RunRequested', 'RunStarted', 'RunCompleted']);
  });

  it('has one outcome when two processes do it at once, and the same objects as when one does', async () => {
    // Each waits until both have begun.
    const both = `while (readFileSync(log, 'utf8').trim().split('\\n').length < 2) await new Promise((r) => setTimeout(r, 5));`;
    const entry = await jobs.request(completing(both));
    const runners = [jobs.start(entry), jobs.start(entry)];
    await jobs.ends();
    await until('both have ended', () => runners.every(({ running }) => running === 0));
    expect(jobs.begun).toBe(2);
    expect(await jobs.types()).toEqual(['RunRequested', 'RunStarted', 'RunStarted', 'RunCompleted']);
    const objects = readdirSync(join(jobs.directory, 'objects'), { recursive: true, withFileTypes: true });
    expect(objects.filter((entry) => entry.isFile())).toHaveLength(2);
  });

  it('goes on in the next process when a worker stops in the middle of it', async () => {
    const hangsOnce = `if (nth === 1) await new Promise((resume) => setTimeout(resume, 60_000));`;
    const entry = await jobs.request(completing(hangsOnce));
    const first = jobs.start(entry);
    await until('it is under way', () => jobs.begun === 1);
    await first.stop();
    expect(await jobs.types()).toEqual(['RunRequested', 'RunStarted', 'RunInterrupted']);
    jobs.start(entry);
    await jobs.ends();
    expect((await jobs.types()).at(-1)).toBe('RunCompleted');
  });
});

describe('J1: the outputs of a computation', () => {
  let jobs: Jobs;
  beforeEach(() => (jobs = new Jobs()));
  afterEach(() => jobs.stop());

  it('are the same when it is done twice, and are named by their content', async () => {
    const entry = await jobs.request(completing());
    const pool = jobs.newPool(entry);
    const once = await pool.run(runJob.name, { runId });
    expect(await pool.run(runJob.name, { runId })).toEqual(once);
    const { manifest } = once as { manifest: RunManifest };
    const objects = new FileObjectStore(join(jobs.directory, 'objects'));
    const chunks: Uint8Array[] = [];
    for await (const chunk of objects.get(manifest.matches.sha256)) chunks.push(chunk);
    expect(Buffer.concat(chunks).toString()).toBe('matches of run-1');
  });
});

describe('a pool of computations', () => {
  let jobs: Jobs;
  beforeEach(() => (jobs = new Jobs()));
  afterEach(() => jobs.stop());

  it('refuses a computation that it does not know, and goes on', async () => {
    const pool = jobs.newPool(await jobs.request(completing()));
    await expect(pool.run('unheard-of', {})).rejects.toMatchObject({
      code: 'job.lost',
      cause: 'there is no computation unheard-of',
    });
    await expect(pool.run(runJob.name, { runId })).resolves.toMatchObject({ breaks: [] });
  });

  it('computes in the same process again, unless it has grown large or was idle for long', async () => {
    const entry = await jobs.request(`({ grow }) => {
      globalThis.kept = Buffer.alloc(grow * 2 ** 20, 1);
      return { pid: process.pid };
    }`);
    const pool = jobs.newPool(entry);
    const processOf = (grow: number) => pool.run(runJob.name, { grow });
    const first = await processOf(0);
    expect(await processOf(1)).toEqual(first);
    expect(await processOf(400)).toEqual(first);
    const second = await processOf(0);
    expect(second).not.toEqual(first);
    await expect(pool.run('unheard-of', {})).rejects.toBeInstanceOf(ComputationLost);
    expect(await processOf(0)).not.toEqual(second);
    pool.stop();

    const impatient = jobs.newPool(entry, 1);
    const { pid } = (await impatient.run(runJob.name, { grow: 0 })) as { pid: number };
    await until('it is ended', () => !existsSync(`/proc/${pid}`));
    expect(await impatient.run(runJob.name, { grow: 0 })).not.toEqual({ pid });
    impatient.stop();
  });

  it('begins another process when the one that rested was killed', async () => {
    const entry = await jobs.request(`() => ({ pid: process.pid })`);
    const pool = jobs.newPool(entry);
    const { pid } = (await pool.run(runJob.name, {})) as { pid: number };
    process.kill(pid, 'SIGKILL');
    await until('it is gone', () => !existsSync(`/proc/${pid}`));
    expect(await pool.run(runJob.name, {})).not.toEqual({ pid });
    pool.stop();
  });

  it('says of what runs and of what waits that it is lost, when it stops', async () => {
    const entry = await jobs.request(`() => new Promise((resume) => setTimeout(resume, 60_000))`);
    const pool = jobs.newPool(entry);
    const runs = [1, 2, 3].map((id) => pool.run(runJob.name, { id }));
    const outcomes = Promise.allSettled(runs);
    await until('two are under way', () => jobs.begun === 2);
    pool.stop();
    for (const outcome of await outcomes)
      expect(outcome.status === 'rejected' && outcome.reason).toBeInstanceOf(ComputationLost);
    expect(jobs.begun).toBe(2);
  });

  it('does not begin what was given up while it waited, and goes on with what is still wanted', async () => {
    const entry = await jobs.request(
      `(input, tools, nth) => new Promise((resume) => setTimeout(() => resume({ nth }), nth <= 2 ? 300 : 0))`,
    );
    const pool = jobs.newPool(entry);
    const wanted = [1, 2].map((id) => pool.run(runJob.name, { id }));
    const giveUp = new AbortController();
    const unwanted = pool.run(runJob.name, { id: 3 }, undefined, giveUp.signal);
    const last = pool.run(runJob.name, { id: 4 });
    giveUp.abort();
    await expect(unwanted).rejects.toMatchObject({ code: 'job.given-up' });
    await Promise.all(wanted);
    expect(await last).toEqual({ nth: 3 });
    expect(jobs.begun).toBe(3);
  });
});
