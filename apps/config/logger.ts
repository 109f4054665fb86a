import pino, { type Logger } from 'pino';
import type { Configuration } from './configuration.js';

/** Logs go to standard error; standard output belongs to what a person asked for. */
export function newLogger({ logLevel }: Pick<Configuration, 'logLevel'>, part: string): Logger {
  return pino({ level: logLevel, base: { part } }, pino.destination({ dest: 2, sync: false }));
}
