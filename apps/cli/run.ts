import { withBootstrapKey } from '../config/bootstrap-key.js';
import type { Configuration } from '../config/configuration.js';
import type { StoreUrls } from '../config/platform.js';
import { settledWithin } from '../../infra/system/settled-within.js';
import { needsEmbeddedNodes } from '../standalone/node-ports.js';
import { startParts } from '../standalone/parts.js';
import { readRunFile } from '../standalone/run-file.js';
import { Misuse, exitCodes } from './exit-codes.js';
import { print } from './terminal.js';

interface AttachedStores {
  readonly urls: StoreUrls;
  /** Of the platform whose nodes these are; undefined for servers of their own. */
  readonly supervisor: string | undefined;
}

const lookEveryMs = 1000;
const stopWithinMs = 15_000;

/**
 * Runs roles in this process over the stores of a platform that runs elsewhere, until SIGTERM, SIGINT, or the end of
 * that platform.
 *
 * @throws Misuse when there is nothing to attach to
 */
export async function run(configuration: Configuration): Promise<number> {
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort(signal));
  const stores = storesOf(configuration);
  const settled = configuration.roles.includes('api')
    ? withBootstrapKey(configuration, (key) => print(`Your bootstrap key, shown this once:\n\n  ${key}\n`))
    : configuration;
  const parts = await startParts(settled, stores.urls);
  const where = parts.url === undefined ? '' : ` and listens on ${parts.url}`;
  if (parts.observedAt !== undefined) print(`Health and metrics are at ${parts.observedAt}`);
  print(`Axion runs as ${configuration.roles.join(', ')}${where} (process ${process.pid})`);
  const watch = setInterval(() => {
    if (!isStillThere(configuration, stores)) stop.abort();
  }, lookEveryMs);
  await aborted(stop.signal);
  clearInterval(watch);
  // Without its stores a part may wait for them for long: nothing of it is lost, so it need not.
  await settledWithin(stopWithinMs, parts.stop());
  if (isStillThere(configuration, stores)) return exitCodes.holds;
  throw new Error(`the Axion in ${configuration.dataDirectory} has ended, and its stores with it`);
}

function storesOf(configuration: Configuration): AttachedStores {
  const { dataDirectory, eventStoreUrl, mongoUrl } = configuration;
  if (!needsEmbeddedNodes(configuration))
    return {
      urls: { eventStoreUrl: eventStoreUrl ?? '', mongoUrl: mongoUrl ?? '' },
      supervisor: undefined,
    };
  const running = readRunFile(dataDirectory);
  if (!running)
    throw new Misuse(
      `no Axion runs in ${dataDirectory}: start it, or name its servers with ESDB_URL and MONGO_URL`,
    );
  return { urls: running, supervisor: running.supervisor };
}

/** A platform that was started anew has stores under other addresses. */
function isStillThere({ dataDirectory }: Configuration, { supervisor }: AttachedStores): boolean {
  return supervisor === undefined || readRunFile(dataDirectory)?.supervisor === supervisor;
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resume) => signal.addEventListener('abort', () => resume(), { once: true }));
}
