import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Configuration } from '../../apps/config/configuration.js';
import { bundled } from '../../apps/config/compiled.js';
import type { StoreUrls } from '../../apps/config/platform.js';
import type { ApplicationReady, ApplicationStart } from '../../apps/standalone/application-main.js';
import type { FromChild, Running, ToChild } from '../../apps/standalone/child.js';
import { anyPorts } from '../../apps/standalone/node-ports.js';
import type { NodesReady, NodesStart } from '../../apps/standalone/nodes-main.js';

/** The embedded nodes, compiled, in a process of their own. */
export function startNodes(configuration: Configuration): Promise<Running<NodesReady>> {
  return startPart('apps/standalone/nodes-main.js', { configuration, ports: anyPorts } satisfies NodesStart);
}

/** The application, compiled, in a process of its own. @throws Error with what it said, when it does not start */
export function startApplication(
  configuration: Configuration,
  urls: StoreUrls,
): Promise<Running<ApplicationReady>> {
  return startPart('apps/standalone/application-main.js', { configuration, urls } satisfies ApplicationStart);
}

/** As the supervisor does it. A part ends with this process, whatever becomes of that. */
async function startPart<Ready>(entry: string, start: object): Promise<Running<Ready>> {
  const child = fork(bundled(entry), { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], execArgv: [] });
  let errors = '';
  child.stderr?.on('data', (text) => (errors += String(text)));
  const ended = once(child, 'close');
  child.send({ kind: 'start', start } satisfies ToChild<object>);
  const ready = await Promise.race([
    once(child, 'message').then(([message]) => (message as FromChild<Ready>).ready),
    ended.then(() => Promise.reject(new Error(errors))),
  ]);
  return {
    ready,
    stop: async () => {
      if (child.connected) child.send({ kind: 'stop' } satisfies ToChild<object>, () => undefined);
      await ended;
    },
  };
}
