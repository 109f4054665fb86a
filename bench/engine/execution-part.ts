import { print } from '../../apps/cli/terminal.js';
import { median, rounded } from '../kit/statistics.js';
import { holdsLinked } from './check.js';
import type { CommandWay, CommandsReply, CommandsRequest } from './command-program.js';
import type { Figures } from '../kit/parts.js';
import { startProgram, withNodes } from './part.js';

const rounds = 3;
const clients = 64;
const accountsPerClient = 6;
const commandsPerAccount = 10;
const perRound = clients * accountsPerClient * commandsPerAccount;

const ways = ['cached', 'uncached', 'emmett'] as const;

/** The same commands without HTTP: ours with and without its cache, and emmett's handler, on the same node. */
export async function executionPart(): Promise<Figures> {
  return withNodes(async (urls) => {
    const programs = ways.map((way) => ({ way, program: startProgram('command') }));
    const measured: Record<CommandWay, CommandsReply[]> = { cached: [], uncached: [], emmett: [] };
    let failed = 0;
    try {
      for (let round = 0; round <= rounds; round++)
        // In changing order, so that nobody always comes behind the same one.
        for (const { way, program } of round % 2 === 0 ? programs : programs.toReversed()) {
          const reply = await program.ask<CommandsReply>({
            ...{ urls, way, round, clients, accountsPerClient, commandsPerAccount },
          } satisfies CommandsRequest);
          failed += reply.failed;
          if (round > 0) measured[way].push(reply);
          print(
            `${round === 0 ? 'warm-up' : `round ${round}`}  ${way}: ${Math.round(perRound / reply.seconds)}/s`,
          );
        }
    } finally {
      await Promise.all(programs.map(({ program }) => program.stop()));
    }
    const rate = (way: CommandWay): number =>
      Math.round(median(measured[way].map(({ seconds }) => perRound / seconds)));
    const ratio = (way: CommandWay, other: CommandWay): number =>
      rounded(
        median(
          measured[way].map(
            ({ seconds }, index) => (measured[other][index]?.seconds ?? Number.NaN) / seconds,
          ),
        ),
      );
    const latency = (way: CommandWay) => ({
      p50: median(measured[way].map((reply) => reply.latency.p50)),
      p99: median(measured[way].map((reply) => reply.latency.p99)),
    });
    const written = (rounds + 1) * perRound;
    return {
      rates: {
        executionCached: rate('cached'),
        executionUncached: rate('uncached'),
        emmett: rate('emmett'),
      },
      ratios: {
        commandsPerEmmett: ratio('cached', 'emmett'),
        uncachedPerEmmett: ratio('uncached', 'emmett'),
        cachedPerUncached: ratio('cached', 'uncached'),
      },
      latency: {
        executionCached: latency('cached'),
        executionUncached: latency('uncached'),
        emmett: latency('emmett'),
      },
      correct: failed === 0 && (await holdsLinked(urls, ['benchAccount'], 2 * written)),
    };
  });
}
