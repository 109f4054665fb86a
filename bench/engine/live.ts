import { print } from '../../apps/cli/terminal.js';
import { median, rounded } from '../kit/statistics.js';
import { holdsBalances, holdsLinked } from './check.js';
import { accountsOf, few, followed, many, write } from './history.js';
import type { NaiveReply, NaiveRequest } from './naive-program.js';
import { scaled, type Figures } from '../kit/parts.js';
import { withProgram } from './part.js';
import type { Urls } from './stores.js';

const rounds = 3;
/** The first events of the small history: as many inserts as updates. */
const compared = scaled(10_000);
const behind = scaled(1_000_000);
/** Who is not done by then has shown how its memory grows. */
const backlogSeconds = 60;
const longSeconds = 300;

/** The same events in live mode, and by a loop written by hand. */
export async function measureLive(urls: Urls, appends: readonly bigint[]): Promise<Figures> {
  const until = appends[(compared * appends.length) / few - 1] ?? 0n;
  const measured: { ours: number; naive: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    const ours = async () => (await followed(urls, `live-${round}`, until, longSeconds)).seconds;
    const naive = async () => {
      const request: NaiveRequest = { kind: 'project', urls, database: `naive-${round}`, events: compared };
      return (await withProgram('naive', (program) => program.ask<NaiveReply>(request))).seconds;
    };
    // In changing order, so that nobody always comes behind the other.
    const first = round % 2 === 0 ? await ours() : undefined;
    const naiveSeconds = await naive();
    const found = { ours: first ?? (await ours()), naive: naiveSeconds };
    measured.push(found);
    print(`live ${Math.round(compared / found.ours)}/s, by hand ${Math.round(compared / found.naive)}/s`);
  }
  const last = appends.at(-1) ?? 0n;
  await followed(urls, 'live-all', last, longSeconds);
  return {
    rates: {
      live: Math.round(median(measured.map(({ ours }) => compared / ours))),
      naive: Math.round(median(measured.map(({ naive }) => compared / naive))),
    },
    ratios: { projectionPerNaive: rounded(median(measured.map(({ ours, naive }) => naive / ours))) },
    correct:
      (await holdsBalances(urls, 'live-all', few, accountsOf(few))) &&
      (await holdsLinked(urls, ['benchLedger'], few)),
  };
}

/** A projector that is a million events behind: what its process takes more than before it began. */
export async function measureBacklog(urls: Urls, written: readonly bigint[]): Promise<Figures> {
  const appends = [...written, ...(await write(urls, many, behind - many, accountsOf(many)))];
  const end = appends.at(-1) ?? 0n;
  const reply = await followed(urls, 'backlog', end, backlogSeconds);
  const applied = BigInt(reply.applied);
  const isDone = applied >= end;
  const events = appends.filter((position) => position <= applied).length * (behind / appends.length);
  print(`${behind} events behind; ${events} were applied at ${Math.round(events / reply.seconds)}/s`);
  return {
    rates: { backlog: Math.round(events / reply.seconds) },
    memory: {
      backlogGrowthMiB: Math.round(reply.residentGrowthMiB),
      backlogHeapGrowthMiB: Math.round(reply.heapGrowthMiB),
      backlogHeldMiB: Math.round(reply.heldGrowthMiB),
    },
    counts: { backlogBehind: behind, backlogApplied: events },
    correct: events > 0 && (!isDone || (await holdsBalances(urls, 'backlog', behind, accountsOf(many)))),
  };
}
