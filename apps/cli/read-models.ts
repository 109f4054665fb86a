import pino from 'pino';
import { NotFound, Rejected } from '../../domain/kernel/errors.js';
import type { BuildEntry, BuildId } from '../../domain/kernel/ports/read-model-pointers.js';
import { ReadModelOperations } from '../../infra/engine/projections/operations.js';
import { pause } from '../../infra/system/pause.js';
import type { Configuration } from '../config/configuration.js';
import { projections } from '../config/contexts.js';
import { readRunFile } from '../standalone/run-file.js';
import { Misuse, exitCodes } from './exit-codes.js';
import { withStores } from './stores.js';
import { print, table } from './terminal.js';

interface Output {
  readonly json: boolean;
}

const lookEveryMs = 250;

/** Shows every build of every read model, and which one serves. */
export async function readModels(configuration: Configuration, { json }: Output): Promise<number> {
  const listed = await withOperations(configuration, (operations) => operations.list());
  if (json) print(JSON.stringify({ readModels: listed }, decimalPositions));
  else {
    const rows = listed.flatMap(({ name, builds }) =>
      builds.map((build) => [
        `${name} ${labelOf(build)}`,
        build.serving ? 'serves' : build.kept ? 'kept' : build.state,
        build.failure ? `at ${build.failure.position}: ${build.failure.reason}` : progressOf(build),
      ]),
    );
    print(table([['Read model', 'state', ''], ...rows]));
  }
  return exitCodes.holds;
}

/** Shows what could not be applied, and what waits behind it; 1 when there is something. */
export async function parked(
  configuration: Configuration,
  name: string | undefined,
  { json }: Output,
): Promise<number> {
  const listed = await withOperations(configuration, (operations) => operations.parked(name));
  if (json) print(JSON.stringify({ parked: listed }));
  else if (listed.length === 0) print('Nothing is parked.');
  else
    print(
      table([
        ['Read model', 'document', 'event', 'position', 'waiting', 'reason'],
        ...listed.map(({ readModel, version, build, document, type, position, waiting, reason }) => [
          `${readModel} ${labelOf({ version, build })}`,
          document ?? 'cannot be told',
          type,
          position,
          waiting,
          reason,
        ]),
      ]),
    );
  return listed.length === 0 ? exitCodes.holds : exitCodes.violated;
}

/** Applies what is parked, with the code there is now; 1 when something still cannot be applied. */
export async function unparkAll(
  configuration: Configuration,
  names: readonly string[],
  { json }: Output,
): Promise<number> {
  const reports = await withOperations(configuration, async (operations) => {
    const found = [];
    for (const readModel of names.length > 0 ? names : (await operations.list()).map(({ name }) => name))
      found.push({ readModel, ...(await operations.unpark(readModel)) });
    return found;
  });
  const still = reports.some(({ stillParked }) => stillParked > 0);
  const rows = reports.map(({ readModel, applied, stillParked }) => [readModel, applied, stillParked]);
  print(
    json
      ? JSON.stringify({ unparked: reports })
      : table([['Read model', 'events applied', 'still parked'], ...rows]),
  );
  return still ? exitCodes.violated : exitCodes.holds;
}

/** Fills a new build beside the one that serves, and switches to it; 1 when history cannot be applied. */
export async function rebuild(
  configuration: Configuration,
  names: readonly string[],
  { json }: Output,
): Promise<number> {
  const isRunning = readRunFile(configuration.dataDirectory) !== undefined;
  const ends = await withOperations(configuration, async (operations) => {
    const found = [];
    for (const name of names) {
      const id = await operations.rebuild(name);
      // Where nothing runs, nobody else would fill it.
      const filled = isRunning ? undefined : operations.fill(name, id);
      const entry = await watched(operations, name, id);
      await filled;
      found.push({ readModel: name, ...id, state: entry.state, failure: entry.failure ?? null });
    }
    return found;
  });
  const rows = ends.map(({ readModel, failure, ...id }) => [
    `${readModel} ${labelOf(id)}`,
    failure ? `failed at ${failure.position}: ${failure.reason}` : 'serves',
  ]);
  print(
    json ? JSON.stringify({ rebuilt: ends }, decimalPositions) : table([['Read model', 'state'], ...rows]),
  );
  return ends.every(({ failure }) => failure === null) ? exitCodes.holds : exitCodes.violated;
}

export async function rollback(
  configuration: Configuration,
  name: string,
  build: string | undefined,
  { json }: Output,
): Promise<number> {
  const to = build === undefined ? undefined : buildOf(build);
  const serving = await withOperations(configuration, (operations) => operations.rollback(name, to));
  print(json ? JSON.stringify({ readModel: name, serving }) : `${name} ${labelOf(serving)} serves.`);
  return exitCodes.holds;
}

export async function retire(
  configuration: Configuration,
  name: string,
  build: string,
  { json }: Output,
): Promise<number> {
  const id = buildOf(build);
  await withOperations(configuration, (operations) => operations.retire(name, id));
  print(json ? JSON.stringify({ readModel: name, retired: id }) : `${name} ${labelOf(id)} is gone.`);
  return exitCodes.holds;
}

async function withOperations<Result>(
  configuration: Configuration,
  work: (operations: ReadModelOperations) => Promise<Result>,
): Promise<Result> {
  return withStores(configuration, async ({ log, codec, store }) => {
    const logger = pino({ level: 'error' }, pino.destination({ dest: 2, sync: true }));
    const { lanes } = configuration;
    try {
      return await work(new ReadModelOperations({ log, codec, store, projections, logger, lanes }));
    } catch (error) {
      if (error instanceof NotFound || error instanceof Rejected) throw new Misuse(error.message);
      throw error;
    }
  });
}

/** Follows a build until it serves or failed; a line of progress on a terminal. */
async function watched(operations: ReadModelOperations, name: string, id: BuildId): Promise<BuildEntry> {
  for (;;) {
    const listed = (await operations.list()).find((one) => one.name === name);
    const entry = listed?.builds.find(({ version, build }) => version === id.version && build === id.build);
    if (!entry) throw new Misuse(`${name} ${labelOf(id)} was retired meanwhile`);
    if (process.stderr.isTTY) process.stderr.write(`\r\u001b[2K${name} ${labelOf(id)}: ${progressOf(entry)}`);
    if (entry.state !== 'filling') {
      if (process.stderr.isTTY) process.stderr.write('\r\u001b[2K');
      return entry;
    }
    await pause(lookEveryMs);
  }
}

function progressOf({ state, progress }: BuildEntry): string {
  if (!progress) return state === 'filling' ? 'is about to be filled' : '';
  const { position, head, events, eventsPerSecond, secondsLeft } = progress;
  if (state !== 'filling') return `${events.toLocaleString('en-US')} events`;
  const share = head > 0n ? Number((position * 1000n) / head) / 10 : 100;
  const rate = Math.round(eventsPerSecond).toLocaleString('en-US');
  const left = secondsLeft === null ? '' : `, about ${Math.ceil(secondsLeft)} s left`;
  return `${share} %, ${events.toLocaleString('en-US')} events, ${rate} a second${left}`;
}

function labelOf({ version, build }: BuildId): string {
  return build === 0 ? `v${version}` : `v${version}.${build}`;
}

/** `v1` or `v1.2`, as lists show it. */
function buildOf(text: string): BuildId {
  const [, version, build = '0'] = /^v(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  if (version === undefined) throw new Misuse(`a build is named as v1 or v1.2, not ${text}`);
  return { version: Number(version), build: Number(build) };
}

function decimalPositions(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
