import { print } from '../../apps/cli/terminal.js';
import { median, rounded } from '../kit/statistics.js';
import { holdsBalances } from './check.js';
import { accountsOf, few, many, rebuilt } from './history.js';
import type { NaiveReply, NaiveRequest } from './naive-program.js';
import type { Figures } from '../kit/parts.js';
import { withProgram } from './part.js';
import type { Urls } from './stores.js';

const rounds = 2;
/** A machine that is slower than this measures one round. */
const enoughSeconds = 90;

interface Round {
  readonly bare: number;
  readonly large: number;
  readonly small: number;
  readonly residentMiB: number;
}

/** The time of rebuilds, beside that of reading the same events and doing nothing with them. */
export async function measureRebuilds(small: Urls, large: Urls): Promise<Figures> {
  const measured: Round[] = [];
  const started = performance.now();
  while (measured.length < rounds && (performance.now() - started) / 1000 < enoughSeconds) {
    const database = `rebuild-${measured.length}`;
    const bare = await bareRead(large, many);
    const rebuild = await rebuilt(large, database);
    const tenth = await rebuilt(small, database);
    const residentMiB = rebuild.residentGrowthMiB;
    measured.push({ bare, large: rebuild.seconds, small: tenth.seconds, residentMiB });
    print(
      `bare read ${rounded(bare)} s, rebuild ${rounded(rebuild.seconds)} s, of a tenth ${rounded(tenth.seconds)} s`,
    );
  }
  const of = (figure: (round: Round) => number): number => median(measured.map(figure));
  return {
    rates: {
      bareRead: Math.round(of((round) => many / round.bare)),
      rebuild: Math.round(of((round) => many / round.large)),
    },
    ratios: { rebuildPerBareRead: rounded(of((round) => round.bare / round.large)) },
    growth: { rebuild: rounded(of((round) => round.large / round.small)) },
    memory: { rebuildGrowthMiB: Math.round(of((round) => round.residentMiB)) },
    counts: { rebuildEvents: many, rebuildDocuments: accountsOf(many), rebuildRounds: measured.length },
    correct:
      (await holdsBalances(large, 'rebuild-0', many, accountsOf(many))) &&
      (await holdsBalances(small, 'rebuild-0', few, accountsOf(few))),
  };
}

async function bareRead(urls: Urls, events: number): Promise<number> {
  const request: NaiveRequest = { kind: 'read', urls, database: '', events };
  const reply = await withProgram('naive', (program) => program.ask<NaiveReply>(request));
  if (reply.events !== events) throw new Error(`${reply.events} events of ${events} were read`);
  return reply.seconds;
}
