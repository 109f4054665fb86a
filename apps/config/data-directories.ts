import { join } from 'node:path';
import type { Configuration } from './configuration.js';

type Located = Pick<Configuration, 'dataDirectory'>;

export const keysDirectoryOf = ({ dataDirectory }: Located): string => join(dataDirectory, 'keys');
/** Tiles, and the checkpoints that were published. */
export const auditDirectoryOf = ({ dataDirectory }: Located): string => join(dataDirectory, 'audit');

export const objectsDirectoryOf = ({ dataDirectory }: Located): string => join(dataDirectory, 'objects');
