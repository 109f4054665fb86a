import type { Configuration } from '../config/configuration.js';
import type { StoreUrls } from '../config/platform.js';
import { startApplication } from './application.js';
import { serveAsChild } from './child.js';

export interface ApplicationStart {
  readonly configuration: Configuration;
  readonly urls: StoreUrls;
}

export interface ApplicationReady {
  readonly url: string;
}

serveAsChild<ApplicationReady>(async ({ configuration, urls }: ApplicationStart) => {
  const application = await startApplication(configuration, urls);
  return { ready: { url: application.url }, stop: () => application.stop() };
});
