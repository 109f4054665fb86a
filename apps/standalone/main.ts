import { mkdirSync } from 'node:fs';
import { withBootstrapKey } from '../config/bootstrap-key.js';
import { BadConfiguration, readConfiguration } from '../config/configuration.js';
import { newLogger } from '../config/platform.js';
import { needsEmbeddedNodes } from './embedded-nodes.js';
import { supervise } from './supervisor.js';

async function main(): Promise<void> {
  const settings = readConfiguration(process.env);
  mkdirSync(settings.dataDirectory, { recursive: true, mode: 0o700 });
  const configuration = withBootstrapKey(settings, (key) => {
    say(`Your bootstrap key, shown this once; it owns every workspace:\n\n  ${key}\n`);
  });
  const supervisor = await supervise(configuration, newLogger(configuration, 'supervisor'));
  say(`Axion listens on ${supervisor.url} (pages to browse: ${supervisor.url}/docs)`);
  if (needsEmbeddedNodes(configuration))
    say('Embedded nodes are in use: durable, for one machine, open to every local user; not for production.');
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    void supervisor.stop().then(() => process.exit(0));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

/** To the person at the terminal; logs go elsewhere. */
function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(error instanceof BadConfiguration ? 2 : 1);
});
