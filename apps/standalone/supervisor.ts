import type { Logger } from 'pino';
import { bundled } from '../config/compiled.js';
import type { Configuration } from '../config/configuration.js';
import { objectsDirectoryOf } from '../config/data-directories.js';
import type { StoreUrls } from '../config/platform.js';
import { FileObjectStore } from '../../infra/objects/file-object-store.js';
import type { ApplicationReady, ApplicationStart } from './application-main.js';
import { anyPorts, needsEmbeddedNodes, type NodePorts } from './node-ports.js';
import type { NodesReady, NodesStart } from './nodes-main.js';
import { processIdentity } from '../../infra/system/process-identity.js';
import { removeRunFile, writeRunFile } from './run-file.js';
import { SupervisedChild } from './supervised-child.js';

export interface Supervisor {
  readonly url: string;
  readonly urls: StoreUrls;
  readonly eventStorePageUrl: string | undefined;
  stop(): Promise<void>;
}

/** Runs the embedded nodes and the application as two children, and starts again whichever dies. */
export async function supervise(configuration: Configuration, logger: Logger): Promise<Supervisor> {
  const { dataDirectory } = configuration;
  const freePorts: NodePorts = { ...anyPorts, eventStorePage: configuration.eventStoreNode.pagePort };
  // A restarted node takes the ports that its clients know already.
  let ports = freePorts;
  let eventStorePageUrl: string | undefined;
  let urls: StoreUrls = {
    eventStoreUrl: configuration.eventStoreUrl ?? '',
    mongoUrl: configuration.mongoUrl ?? '',
  };
  let application = configuration;
  let url = '';
  const onDeath = (part: string) => (how: string, restartMs: number) =>
    logger.error({ dead: part, how, restartMs }, 'a part of the platform died and is started again');

  const nodes = new SupervisedChild<NodesStart, NodesReady>({
    entry: bundled('apps/standalone/nodes-main.js'),
    start: () => ({ configuration, ports }),
    onReady: (ready) => {
      const moved = ports === freePorts && url !== '';
      ({ ports, urls, eventStorePageUrl } = ready);
      if (moved) app.startAgain();
      if (eventStorePageUrl !== undefined)
        logger.info({ page: eventStorePageUrl }, 'the embedded event store has a page to look at');
    },
    onDeath: onDeath('embedded nodes'),
    // The system may give a free port to anybody, to a client's end of a connection as well.
    onPortTaken: () => (ports = freePorts),
  });
  const app = new SupervisedChild<ApplicationStart, ApplicationReady>({
    entry: bundled('apps/standalone/application-main.js'),
    start: () => ({ configuration: application, urls }),
    onReady: (ready) => {
      url = ready.url;
      application = { ...configuration, port: Number(new URL(url).port) };
      writeRunFile(dataDirectory, { url, supervisor: processIdentity(process.pid), ...urls });
    },
    onDeath: onDeath('application'),
  });
  const stop = async (): Promise<void> => {
    await app.stop();
    await nodes.stop();
    removeRunFile(dataDirectory);
  };
  try {
    app.prepare();
    if (needsEmbeddedNodes(configuration)) {
      await nodes.start();
      // The nodes hold the directory's lock and the application does not run yet: nobody else writes here.
      await new FileObjectStore(objectsDirectoryOf(configuration)).sweepTemporary();
    }
    await app.start();
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, urls, eventStorePageUrl, stop };
}
