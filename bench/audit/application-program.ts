import { readConfiguration } from '../../apps/config/configuration.js';
import { openPlatform, type Platform } from '../../apps/config/platform.js';
import { startApplication, type Application } from '../../apps/standalone/application.js';
import { startSealing, type Sealing } from '../../apps/worker/sealing.js';
import { pause } from '../../infra/system/pause.js';
import type { Urls } from '../engine/stores.js';
import { answerMessages } from '../kit/child-program.js';

/** The first message starts the application; the others start and stop its sealer. */
export type ApplicationRequest =
  | { readonly kind: 'open'; readonly urls: Urls; readonly dataDirectory: string; readonly key: string }
  /** Answered when everything up to now is sealed. */
  | { readonly kind: 'seal' }
  | { readonly kind: 'rest' };

export interface ApplicationReply {
  readonly url: string;
  /** Leaves of the origin's log; 0 before the first seal. */
  readonly size: number;
}

const lookEveryMs = 20;
const never = new AbortController().signal;

let application: Application | undefined;
let platform: Platform | undefined;
let sealing: Sealing | undefined;
let size = 0;

/** The application of `npm start` in one process, whose sealer can be switched off while everything else goes on. */
answerMessages(async (request: ApplicationRequest): Promise<ApplicationReply> => {
  switch (request.kind) {
    case 'open': {
      const { urls, dataDirectory, key } = request;
      const configuration = readConfiguration({
        AXION_DATA: dataDirectory,
        AXION_ROLES: 'api,projector',
        AXION_LOG_LEVEL: 'error',
        AXION_BOOTSTRAP_KEY: key,
        PORT: '0',
      });
      application = await startApplication(configuration, urls);
      platform = await openPlatform(configuration, urls, 'sealer');
      break;
    }
    case 'seal':
      sealing ??= platform && startSealing(platform);
      while ((await sealing?.loop.oldestUnsealed()) !== undefined || !sealing?.loop.treeSize)
        await pause(lookEveryMs, never);
      break;
    case 'rest':
      size = sealing?.loop.treeSize ?? size;
      await sealing?.stop();
      sealing = undefined;
      break;
  }
  return { url: application?.url ?? '', size: sealing?.loop.treeSize ?? size };
});
