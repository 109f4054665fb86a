import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Client } from '../../apps/cli/client.js';
import { print } from '../../apps/cli/terminal.js';
import { auditedCategories } from '../../apps/config/contexts.js';
import { compiled } from '../../apps/config/compiled.js';
import { verifyLinks } from '../../infra/audit/verify-links.js';
import { EventStoreDbEventLog } from '../../infra/eventstore/eventstoredb-event-log.js';
import { registrationBody } from '../commands/registration-body.js';
import { withNodes } from '../engine/part.js';
import type { Urls } from '../engine/stores.js';
import { ChildProgram } from '../kit/child-program.js';
import type { LoadReply, LoadRequest } from '../kit/load.js';
import type { OpenLoadReply, OpenLoadRequest } from '../kit/open-load.js';
import { isQuick, type Figures } from '../kit/parts.js';
import { withProgramOf } from '../kit/programs.js';
import { median, rounded } from '../kit/statistics.js';
import type { ApplicationReply, ApplicationRequest } from './application-program.js';

const saturating = { count: isQuick ? 1280 : 6400, inFlight: 64 };
/** Of the rate that saturates. */
const share = 0.3;
const blockSeconds = isQuick ? 3 : 10;
const groups = isQuick ? 1 : 2;
/** With the sealer and without, so that what drifts through a run strikes both. */
const order = [true, false, false, true];

/** Commands through HTTP at a fixed rate, in blocks with the sealer and without it, in one running system. */
export async function commandsPart(): Promise<Figures> {
  return withNodes((urls, directory) =>
    withProgramOf('audit', 'application', async (program) => {
      const application = (request: ApplicationRequest) => program.ask<ApplicationReply>(request);
      const key = randomBytes(24).toString('hex');
      const dataDirectory = join(directory, 'data');
      const { url } = await application({ kind: 'open', urls, dataDirectory, key });
      await new Client(url, key, 'bench').post('/v1/tenancy/workspaces', { id: 'bench', name: 'Benchmark' });
      const posted = {
        url: `${url}/v1/reconciliation/sources`,
        headers: { authorization: `Bearer ${key}`, 'x-workspace': 'bench' },
        body: registrationBody,
        keyed: false,
      };
      const closed = ChildProgram.start(compiled('bench/kit/load.js'));
      const open = ChildProgram.start(compiled('bench/kit/open-load.js'));
      try {
        let first = 0;
        let failed = 0;
        await application({ kind: 'seal' });
        let saturation = 0;
        // The first round warms up.
        for (let round = 0; round < 2; round++) {
          const { count } = saturating;
          const reply = await closed.ask<LoadReply>({
            ...posted,
            ...saturating,
            first,
          } satisfies LoadRequest);
          saturation = count / reply.seconds;
          first += count;
          failed += reply.failed;
        }
        const perSecond = Math.max(1, Math.round(saturation * share));
        print(`saturated at ${Math.round(saturation)} commands a second; ${perSecond} are offered`);
        const p50: { with: number[]; without: number[] } = { with: [], without: [] };
        const p99: { with: number[]; without: number[] } = { with: [], without: [] };
        let isSwitched = true;
        for (const seals of Array.from({ length: groups }, () => order).flat()) {
          // What the block before left is sealed before this one begins.
          const before = await application({ kind: seals ? 'seal' : 'rest' });
          const count = perSecond * blockSeconds;
          const reply = await open.ask<OpenLoadReply>({
            ...posted,
            ...{ first, count, perSecond },
          } satisfies OpenLoadRequest);
          first += count;
          failed += reply.failed;
          const after = await application({ kind: seals ? 'seal' : 'rest' });
          isSwitched &&= seals ? after.size >= before.size + blockSeconds / 2 : after.size === before.size;
          const name = seals ? 'with' : 'without';
          p50[name].push(reply.latency.p50);
          p99[name].push(reply.latency.p99);
          print(`${name} the sealer: p50 ${reply.latency.p50} ms, p99 ${reply.latency.p99} ms`);
        }
        const figures = (name: 'with' | 'without') => ({ p50: median(p50[name]), p99: median(p99[name]) });
        if (failed > 0) print(`${failed} requests failed`);
        return {
          rates: { saturation: Math.round(saturation), offeredCommands: perSecond },
          ratios: { commandLatencyWithSealer: rounded(figures('with').p50 / figures('without').p50) },
          latency: { commandWithSealer: figures('with'), commandWithoutSealer: figures('without') },
          counts: { commands: first },
          correct: failed === 0 && isSwitched && (await holds(urls, first)),
        };
      } finally {
        await Promise.all([closed.stop(), open.stop()]);
      }
    }),
  );
}

/** Whether each command left its event, all of them whole. */
async function holds({ eventStoreUrl }: Urls, commands: number): Promise<boolean> {
  const log = new EventStoreDbEventLog(eventStoreUrl);
  try {
    let registered = 0;
    for await (const { type, stream } of log.readAll())
      if (stream.startsWith('source-bench.') && type.startsWith('Source')) registered++;
    const { violations } = await verifyLinks(log, { audited: auditedCategories });
    if (registered !== commands) print(`${registered} events of ${commands} commands`);
    return registered === commands && violations.length === 0;
  } finally {
    await log.close();
  }
}
