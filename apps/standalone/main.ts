import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { withBootstrapKey } from '../config/bootstrap-key.js';
import { BadConfiguration, mustHaveApi, readConfiguration } from '../config/configuration.js';
import { newLogger } from '../config/logger.js';
import { needsEmbeddedNodes } from './node-ports.js';
import { supervise } from './supervisor.js';

const parentCheckMs = 200;

async function main(): Promise<void> {
  process.umask(0o077);
  const stop = new AbortController();
  // Before anything runs: whoever asks to stop during the start is heard, too.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort());
  stopWithNpm(stop);
  const settings = readConfiguration(process.env);
  mustHaveApi(settings);
  mkdirSync(settings.dataDirectory, { recursive: true, mode: 0o700 });
  const configuration = withBootstrapKey(settings, (key) => {
    say(`Your bootstrap key, shown this once; it owns every workspace:\n\n  ${key}\n`);
  });
  const supervisor = await supervise(configuration, newLogger(configuration, 'supervisor'));
  say(`Axion listens on ${supervisor.url} (pages to browse: ${supervisor.url}/docs; process ${process.pid})`);
  if (supervisor.eventStorePageUrl !== undefined)
    say(`The event store can be looked at on ${supervisor.eventStorePageUrl}`);
  if (needsEmbeddedNodes(configuration))
    say('Embedded nodes are in use: durable, for one machine, open to every local user; not for production.');
  if (!stop.signal.aborted) await once(stop.signal, 'abort');
  await supervisor.stop();
  process.exit(0);
}

/** npm hands a signal to the shell between us, which dies of it and tells nobody: so our parent's end is the signal. */
function stopWithNpm(stop: AbortController): void {
  if (process.env['npm_lifecycle_event'] === undefined) return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    stop.abort();
  }, parentCheckMs);
  watch.unref();
}

/** To the person at the terminal; logs go elsewhere. */
function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(error instanceof BadConfiguration ? 2 : 1);
});
