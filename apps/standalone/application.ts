import { mustHaveApi, type Configuration } from '../config/configuration.js';
import type { StoreUrls } from '../config/platform.js';
import { startParts, type RunningParts } from './parts.js';

export interface Application extends RunningParts {
  readonly url: string;
}

/**
 * The API, with whatever else the settings name, in one process.
 *
 * @throws BadConfiguration when the settings name no API
 */
export async function startApplication(configuration: Configuration, urls: StoreUrls): Promise<Application> {
  mustHaveApi(configuration);
  const parts = await startParts(configuration, urls);
  return { ...parts, url: parts.url ?? '' };
}
