import { print } from '../../apps/cli/terminal.js';
import { write } from '../engine/history.js';
import { withNodes } from '../engine/part.js';
import { scaled, type Figures } from '../kit/parts.js';
import { withProgramOf } from '../kit/programs.js';
import { median, rounded } from '../kit/statistics.js';
import type { ReadReply, ReadRequest } from './read-program.js';
import type { SealReply, SealRequest } from './seal-program.js';
import { verified } from './verified.js';

const rounds = 3;
const perRound = scaled(50_000);

interface Round {
  readonly read: number;
  readonly seal: number;
  readonly sealCpu: number;
}

/** A backlog, sealed by the sealer, beside the official client that reads the same events and drops them. */
export async function sealPart(): Promise<Figures> {
  return withNodes((urls, directory) =>
    withProgramOf('audit', 'seal', (sealer) =>
      withProgramOf('audit', 'read', async (reader) => {
        const seal = (request: SealRequest) => sealer.ask<SealReply>(request);
        const measured: Round[] = [];
        let after: bigint | undefined;
        let isWhole = true;
        await seal({ kind: 'open', urls, directory });
        for (let round = 0; round <= rounds; round++) {
          const appends = await write(urls, round * perRound, perRound, perRound);
          const request: ReadRequest = {
            eventStoreUrl: urls.eventStoreUrl,
            after: after?.toString(),
            events: perRound,
          };
          const read = await reader.ask<ReadReply>(request);
          const sealed = await seal({ kind: 'backlog' });
          after = appends.at(-1);
          // Beside the deposits the first seal holds the origin, and each the events of those before it.
          isWhole &&= read.events === perRound && sealed.leaves >= perRound;
          const found = { read: read.seconds, seal: sealed.seconds, sealCpu: sealed.cpuSeconds };
          // The first round warms up.
          if (round > 0) measured.push(found);
          print(
            `${round === 0 ? 'warm-up' : `round ${round}`}  bare read ${rate(found.read)}/s, sealed ${rate(found.seal)}/s`,
          );
        }
        const { holds, leaves } = await verified({ urls, directory, jobs: 1 });
        const of = (figure: (round: Round) => number): number => median(measured.map(figure));
        return {
          rates: {
            bareRead: rate(of(({ read }) => read)),
            seal: rate(of(({ seal: seconds }) => seconds)),
            sealPerCpuSecond: rate(of(({ sealCpu }) => sealCpu)),
          },
          ratios: { sealPerBareRead: rounded(of(({ read, seal: seconds }) => read / seconds)) },
          counts: { sealed: leaves.OK },
          correct: isWhole && holds && leaves.OK > (rounds + 1) * perRound,
        };
      }),
    ),
  );
}

function rate(seconds: number): number {
  return Math.round(perRound / seconds);
}
