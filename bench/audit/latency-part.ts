import { print } from '../../apps/cli/terminal.js';
import { withNodes, withProgram } from '../engine/part.js';
import type { WriteReply, WriteRequest } from '../engine/write-program.js';
import { pause } from '../../infra/system/pause.js';
import { isQuick, type Figures } from '../kit/parts.js';
import { withProgramOf } from '../kit/programs.js';
import { latencyOf, rounded } from '../kit/statistics.js';
import type { SealReply, SealRequest } from './seal-program.js';
import { verified } from './verified.js';

const perSecond = 2000;
const seconds = isQuick ? 6 : 20;
/** What warms both processes up is not measured. */
const warmUpSeconds = isQuick ? 2 : 5;
const accounts = 2000;
/** The loop comes by once a second. */
const settleMs = 5000;

/** From the acknowledgement of an append until its seal is published, under a load that does not wait for answers. */
export async function latencyPart(): Promise<Figures> {
  return withNodes((urls, directory) =>
    withProgram('write', (writer) =>
      withProgramOf('audit', 'seal', async (sealer) => {
        const seal = (request: SealRequest) => sealer.ask<SealReply>(request);
        await seal({ kind: 'open', urls, directory });
        await seal({ kind: 'start' });
        const count = perSecond * seconds;
        const offered = await writer.ask<WriteReply>({
          ...{ kind: 'offer', urls, perSecond, count, accounts },
        } satisfies WriteRequest);
        await pause(settleMs, new AbortController().signal);
        const { history } = await seal({ kind: 'stop' });
        const sealed = history.map(([position, at]) => ({ position: BigInt(position), at }));
        const measured = offered.acknowledged
          .map(([position, dueAt, at]) => ({ position: BigInt(position), dueAt, at }))
          .sort((one, other) => (one.position < other.position ? -1 : 1))
          .slice(perSecond * warmUpSeconds);
        let next = 0;
        const waited = measured.map(({ position, at }) => {
          while (sealed[next] !== undefined && (sealed[next]?.position ?? position) < position) next++;
          // An event may be sealed before its writer hears of it.
          return Math.max(0, (sealed[next]?.at ?? Number.NaN) - at);
        });
        const reached = Math.round(offered.acknowledged.length / offered.seconds);
        print(`offered ${perSecond} events a second; ${reached} a second were acknowledged`);
        const report = await verified({ urls, directory, jobs: 1 });
        return {
          rates: { offered: perSecond, acknowledged: reached },
          latency: {
            seal: latencyOf(waited),
            offeredToAcknowledged: latencyOf(measured.map(({ dueAt, at }) => rounded(at - dueAt, 6))),
          },
          counts: { sealsMeasured: new Set(history.map(([position]) => position)).size },
          correct:
            offered.failed === 0 &&
            waited.every((one) => Number.isFinite(one)) &&
            report.holds &&
            report.leaves.OK >= count,
        };
      }),
    ),
  );
}
