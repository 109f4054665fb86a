import { print } from '../../apps/cli/terminal.js';
import { median, rounded } from '../kit/statistics.js';
import { balances } from './account.js';
import { holdsBalances, holdsLinked } from './check.js';
import type { NaiveReply, NaiveRequest } from './naive-program.js';
import { withNodes, withProgram, type Figures } from './part.js';
import type { ProjectorReply, ProjectorRequest } from './projector-program.js';
import { beginReadModel, type Urls } from './stores.js';
import type { WriteReply, WriteRequest } from './write-program.js';

const few = 50_000;
const many = 500_000;
const behind = 1_000_000;
const rounds = 3;
const eventsPerAccount = 10;
const backlogSeconds = 75;

/** Reading history: rebuilds, a projector that is behind, and what is simpler than both. */
export async function projectionPart(): Promise<Figures> {
  return withNodes((small) =>
    withNodes(async (large) => {
      const accounts = many / eventsPerAccount;
      const { position } = await write(small, 0, few, few / eventsPerAccount);
      const first = await write(large, 0, many, accounts);
      const rebuilds = await measureRebuilds(small, large);
      const live = await measureLive(small, position);
      const second = await write(large, many, behind - many, accounts);
      const backlog = await measureBacklog(large, [...first.appends, ...second.appends]);
      return {
        rates: { ...rebuilds.rates, ...live.rates, ...backlog.rates },
        ratios: { ...rebuilds.ratios, ...live.ratios },
        growth: { ...rebuilds.growth },
        memory: { ...rebuilds.memory, ...backlog.memory },
        counts: { ...rebuilds.counts, ...backlog.counts },
        correct: rebuilds.correct && live.correct && backlog.correct,
      };
    }),
  );
}

/** @returns the position of the newest event, and those of all appends, which hold as many events each */
async function write(urls: Urls, first: number, count: number, accounts: number) {
  const request: WriteRequest = { kind: 'history', urls, first, count, accounts };
  const reply = await withProgram('write', (writer) => writer.ask<WriteReply>(request));
  print(`wrote ${count} events in ${rounded(reply.seconds)} s`);
  const { position } = reply;
  return { position, appends: reply.acknowledged.map(([appended]) => BigInt(appended)) };
}

/** A process each, so that every one starts as cold as a rebuild of the command line does. */
async function rebuilt(urls: Urls, database: string): Promise<ProjectorReply> {
  await beginReadModel(urls, database, balances, 'filling');
  return withProgram('projector', (projector) =>
    projector.ask<ProjectorReply>({ kind: 'rebuild', urls, database } satisfies ProjectorRequest),
  );
}

async function bareRead(urls: Urls, events: number): Promise<number> {
  const reply = await withProgram('naive', (program) =>
    program.ask<NaiveReply>({ kind: 'read', urls, database: '', events } satisfies NaiveRequest),
  );
  if (reply.events !== events) throw new Error(`${reply.events} events of ${events} were read`);
  return reply.seconds;
}

async function measureRebuilds(small: Urls, large: Urls): Promise<Figures> {
  const measured: { bare: number; large: number; small: number; memory: number }[] = [];
  let correct = true;
  for (let round = 0; round < 2; round++) {
    const bare = await bareRead(large, many);
    const rebuild = await rebuilt(large, `rebuild-${round}`);
    const before = await rebuilt(small, `rebuild-${round}`);
    measured.push({
      bare,
      large: rebuild.seconds,
      small: before.seconds,
      memory: rebuild.residentGrowthMiB,
    });
    print(
      `bare read ${rounded(bare)} s, rebuild ${rounded(rebuild.seconds)} s, a tenth of it ${rounded(before.seconds)} s`,
    );
  }
  correct &&= await holdsBalances(large, 'rebuild-0', many, many / eventsPerAccount);
  correct &&= await holdsBalances(small, 'rebuild-0', few, few / eventsPerAccount);
  const of = (figure: (one: (typeof measured)[number]) => number) => median(measured.map(figure));
  return {
    rates: {
      bareRead: Math.round(of(({ bare }) => many / bare)),
      rebuild: Math.round(of(({ large: seconds }) => many / seconds)),
    },
    ratios: { rebuildPerBareRead: rounded(of((one) => one.bare / one.large)) },
    growth: { rebuild: rounded(of((one) => one.large / one.small)) },
    memory: { rebuildGrowthMiB: Math.round(of(({ memory }) => memory)) },
    counts: { rebuildEvents: many, rebuildDocuments: many / eventsPerAccount },
    correct,
  };
}

/** The same events in live mode, from a checkpoint before all of them, and by a loop written by hand. */
async function measureLive(urls: Urls, end: string): Promise<Figures> {
  const measured: { ours: number; naive: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    const database = `live-${round}`;
    const ours = async () => (await followed(urls, database, end, 120)).seconds;
    const naive = async () => {
      const request: NaiveRequest = { kind: 'project', urls, database: `naive-${round}`, events: few };
      return (await withProgram('naive', (program) => program.ask<NaiveReply>(request))).seconds;
    };
    const found =
      round % 2 === 0
        ? { ours: await ours(), naive: await naive() }
        : { naive: await naive(), ours: await ours() };
    measured.push(found);
    print(`live ${Math.round(few / found.ours)}/s, by hand ${Math.round(few / found.naive)}/s`);
  }
  return {
    rates: {
      live: Math.round(median(measured.map(({ ours }) => few / ours))),
      naive: Math.round(median(measured.map(({ naive }) => few / naive))),
    },
    ratios: { projectionPerNaive: rounded(median(measured.map(({ ours, naive }) => naive / ours))) },
    correct:
      (await holdsBalances(urls, 'live-0', few, few / eventsPerAccount)) &&
      (await holdsLinked(urls, ['benchLedger'], few)),
  };
}

async function measureBacklog(urls: Urls, appends: readonly bigint[]): Promise<Figures> {
  const end = appends.reduce((newest, one) => (one > newest ? one : newest));
  const reply = await followed(urls, 'backlog', end.toString(), backlogSeconds);
  const applied = BigInt(reply.applied);
  const isDone = applied >= end;
  const events = appends.filter((position) => position <= applied).length * (behind / appends.length);
  print(`${events} events behind: ${Math.round(events / reply.seconds)}/s`);
  return {
    rates: { backlog: Math.round(events / reply.seconds) },
    memory: {
      backlogGrowthMiB: Math.round(reply.residentGrowthMiB),
      backlogHeapGrowthMiB: Math.round(reply.heapGrowthMiB),
    },
    counts: { backlogBehind: behind, backlogApplied: events },
    correct: !isDone || (await holdsBalances(urls, 'backlog', behind, many / eventsPerAccount)),
  };
}

async function followed(urls: Urls, database: string, end: string, withinSeconds: number) {
  await beginReadModel(urls, database, balances, 'live');
  return withProgram('projector', async (projector) => {
    const ask = (request: ProjectorRequest) => projector.ask<ProjectorReply>(request);
    await ask({ kind: 'follow', urls, database, watched: false });
    const reply = await ask({ kind: 'until', position: end, withinSeconds });
    await ask({ kind: 'stop' });
    return reply;
  });
}
