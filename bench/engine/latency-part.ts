import { print } from '../../apps/cli/terminal.js';
import { latencyOf, rounded } from '../kit/statistics.js';
import { balances } from './account.js';
import { holdsBalances } from './check.js';
import type { Figures } from '../kit/parts.js';
import { withNodes, withProgram } from './part.js';
import type { ProjectorReply, ProjectorRequest } from './projector-program.js';
import { beginReadModel } from './stores.js';
import type { WriteReply, WriteRequest } from './write-program.js';

const perSecond = 2000;
const seconds = 8;
/** What warms both processes up is not measured. */
const warmUpSeconds = 2;
const accounts = 2000;
const database = 'latency';

/** From the acknowledgement of an append until its document is written, under a load that does not wait for answers. */
export async function latencyPart(): Promise<Figures> {
  return withNodes((urls) =>
    withProgram('write', (writer) =>
      withProgram('projector', async (projector) => {
        const ask = (request: ProjectorRequest) => projector.ask<ProjectorReply>(request);
        await beginReadModel(urls, database, balances, 'live');
        await ask({ kind: 'follow', urls, database, watched: true });
        const count = perSecond * seconds;
        const offered = await writer.ask<WriteReply>({
          ...{ kind: 'offer', urls, perSecond, count, accounts },
        } satisfies WriteRequest);
        const { history } = await ask({ kind: 'until', position: offered.position, withinSeconds: 30 });
        await ask({ kind: 'stop' });
        const applied = history.map(([position, at]) => ({ position: BigInt(position), at }));
        const measured = [...offered.acknowledged]
          .map(([position, dueAt, at]) => ({ position: BigInt(position), dueAt, at }))
          .sort((one, other) => (one.position < other.position ? -1 : 1))
          .slice(perSecond * warmUpSeconds);
        let next = 0;
        const visible = measured.map(({ position, at }) => {
          while ((applied[next]?.position ?? position) < position) next++;
          // An event may be seen before its writer hears of it.
          return Math.max(0, (applied[next]?.at ?? Number.NaN) - at);
        });
        const reached = Math.round(offered.acknowledged.length / offered.seconds);
        print(`offered ${perSecond} events a second; ${reached} a second were acknowledged`);
        const isRight =
          offered.failed === 0 &&
          visible.every((one) => Number.isFinite(one)) &&
          (await holdsBalances(urls, database, count, accounts));
        return {
          rates: { offered: perSecond, acknowledged: reached },
          latency: {
            projection: latencyOf(visible),
            offeredToAcknowledged: latencyOf(measured.map(({ dueAt, at }) => rounded(at - dueAt, 6))),
          },
          counts: { projectionMeasured: visible.length },
          correct: isRight,
        };
      }),
    ),
  );
}
