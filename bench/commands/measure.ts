import { hash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyLinks } from '../../infra/audit/verify-links.js';
import { compiled } from '../../apps/config/compiled.js';
import { readConfiguration } from '../../apps/config/configuration.js';
import { auditedCategories } from '../../apps/config/contexts.js';
import { newLogger } from '../../apps/config/logger.js';
import { Client } from '../../apps/cli/client.js';
import { withUrls } from '../../apps/cli/stores.js';
import { print } from '../../apps/cli/terminal.js';
import { supervise } from '../../apps/standalone/supervisor.js';
import { ChildProgram } from '../kit/child-program.js';
import type { LoadReply, LoadRequest } from '../kit/load.js';
import type { BareSystemStart } from './bare-system.js';
import { median, rounded, type Latency } from '../kit/statistics.js';
import { registrationBody as body } from './registration-body.js';

const count = 6400;
const inFlight = 64;

export type CommandVariant = 'commands' | 'bareHandler' | 'bareSystem' | 'bareAppend' | 'commandsKeyed';

interface Round {
  readonly perSecond: number;
  readonly load?: LoadReply;
}

export interface CommandFigures {
  /** Requests or appends per second, the median of the rounds. */
  readonly rates: Readonly<Record<string, number>>;
  /** Of two variants: the median of the ratios of rounds that stand side by side in time. */
  readonly ratio: (name: CommandVariant, floor: CommandVariant) => number;
  /** In milliseconds, as the client of the HTTP server sees it. */
  readonly latency: (name: CommandVariant) => Latency;
  readonly correct: boolean;
}

/** Commands through HTTP beside what bounds them, in rounds that alternate on one system, after a warm-up. */
export async function measureCommands(
  rounds: number,
  measuredVariants: readonly CommandVariant[],
): Promise<CommandFigures> {
  const directory = mkdtempSync(join(tmpdir(), 'axion-bench-'));
  const key = randomBytes(24).toString('hex');
  const configuration = {
    ...readConfiguration({ AXION_DATA: directory, PORT: '0', AXION_LOG_LEVEL: 'error' }),
    bootstrapKeyHash: hash('sha256', key),
  };
  const starting = performance.now();
  const supervisor = await supervise(configuration, newLogger(configuration, 'bench'));
  print(`Started in ${rounded((performance.now() - starting) / 1000)} s.`);
  const load = ChildProgram.start(compiled('bench/kit/load.js'));
  const handler = ChildProgram.start(compiled('bench/commands/bare-handler.js'));
  const system = ChildProgram.start(compiled('bench/commands/bare-system.js'));
  const appender = ChildProgram.start(compiled('bench/commands/bare-append.js'));
  try {
    const client = new Client(supervisor.url, key, 'bench');
    await client.post('/v1/tenancy/workspaces', { id: 'bench', name: 'Benchmark' });
    await client.post('/v1/tenancy/workspaces', { id: 'keyed', name: 'Benchmark with keys' });
    const { eventStoreUrl } = supervisor.urls;
    const bare = await handler.ask<{ url: string }>({ eventStoreUrl, prefix: 'bareHandler' });
    const whole = await system.ask<{ url: string }>({
      ...supervisor.urls,
      prefix: 'bareSystem',
    } satisfies BareSystemStart);

    const commands = async (workspace: string, keyed: boolean, first: number): Promise<Round> => {
      const started = performance.now();
      const reply = await load.ask<LoadReply>({
        url: `${supervisor.url}/v1/reconciliation/sources`,
        headers: { authorization: `Bearer ${key}`, 'x-workspace': workspace },
        ...{ body, first, count, inFlight, keyed },
      } satisfies LoadRequest);
      // What was asked for is done when the read models show it.
      await new Client(supervisor.url, key, workspace).get(
        `/v1/reconciliation/sources?limit=1&after=${reply.position}`,
      );
      return { perSecond: count / ((performance.now() - started) / 1000), load: reply };
    };
    const variants: Readonly<Record<CommandVariant, (first: number) => Promise<Round>>> = {
      commands: (first) => commands('bench', false, first),
      bareHandler: async (first) => {
        const asked: LoadRequest = { url: bare.url, headers: {}, body, first, count, inFlight, keyed: false };
        const reply = await load.ask<LoadReply>(asked);
        return { perSecond: count / reply.seconds, load: reply };
      },
      bareSystem: async (first) => {
        const started = performance.now();
        const asked: LoadRequest = {
          url: whole.url,
          headers: {},
          body,
          first,
          count,
          inFlight,
          keyed: false,
        };
        const reply = await load.ask<LoadReply>(asked);
        await fetch(`${whole.url}/shown/${reply.position}`);
        return { perSecond: count / ((performance.now() - started) / 1000), load: reply };
      },
      bareAppend: async (first) => {
        const asked = { eventStoreUrl, prefix: 'bareAppend', body, first, count, inFlight };
        return { perSecond: count / (await appender.ask<{ seconds: number }>(asked)).seconds };
      },
      commandsKeyed: (first) => commands('keyed', true, first),
    };

    const measured: Partial<Record<CommandVariant, Round[]>> = {};
    for (let round = 0; round <= rounds; round++)
      for (const name of measuredVariants) {
        const result = await variants[name](round * count);
        // The first round warms up.
        if (round > 0) (measured[name] ??= []).push(result);
        print(`${round === 0 ? 'warm-up' : `round ${round}`}  ${name}: ${Math.round(result.perSecond)}/s`);
      }

    const { links, events } = await withUrls(configuration, supervisor.urls, async ({ log }) => {
      // The sealer writes down what it does, as often as it comes to it.
      let events = 0;
      for await (const { stream, metadata } of log.readAll())
        if (!stream.startsWith('seal-') && 'a.v' in metadata) events++;
      return { links: await verifyLinks(log, { audited: auditedCategories }), events };
    });
    const perSecond = (name: CommandVariant): number =>
      median((measured[name] ?? []).map((round) => round.perSecond));
    const failed = Object.values(measured)
      .flat()
      .reduce((sum, round) => sum + (round.load?.failed ?? 0), 0);
    const audited = measuredVariants.filter((name) => name === 'commands' || name === 'commandsKeyed').length;
    // Beside the commands: the origin, three workspaces.
    const expected = audited * (rounds + 1) * count + 4;
    const correct = failed === 0 && links.violations.length === 0 && events === expected;
    if (!correct)
      print(
        `${failed} requests failed; ${events} events of ${expected}, ${links.violations.length} violations`,
      );
    return {
      rates: Object.fromEntries(measuredVariants.map((name) => [name, Math.round(perSecond(name))])),
      // Rounds stand side by side in time, so each is compared with its own neighbour.
      ratio: (name, floor) =>
        rounded(
          median(
            (measured[name] ?? []).map(
              (round, index) => round.perSecond / (measured[floor]?.[index]?.perSecond ?? Number.NaN),
            ),
          ),
        ),
      latency: (name) => {
        const found = (measured[name] ?? []).flatMap((round) => round.load?.latency ?? []);
        return { p50: median(found.map(({ p50 }) => p50)), p99: median(found.map(({ p99 }) => p99)) };
      },
      correct,
    };
  } finally {
    await Promise.all([load.stop(), handler.stop(), system.stop(), appender.stop()]);
    await supervisor.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}
