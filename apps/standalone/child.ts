import { codeOf } from '../../domain/kernel/errors.js';
import { DirectoryInUse } from '../../infra/system/directory-lock.js';

/** What the supervisor tells its children, and they it. */
export type ToChild<Start> = { readonly kind: 'start'; readonly start: Start } | { readonly kind: 'stop' };
export type FromChild<Ready> = { readonly kind: 'ready'; readonly ready: Ready };

export interface Running<Ready> {
  readonly ready: Ready;
  stop(): Promise<void>;
}

/** What a child ends with that may not listen where it was told to: the number of EADDRINUSE. */
export const portTakenExitCode = 98;

type StartChild<Ready> = { bivariant(options: object): Promise<Running<Ready>> }['bivariant'];

/**
 * The child's side: starts when told to, stops when told to, and ends with its supervisor.
 * The terminal's Ctrl-C reaches the whole group; only the supervisor heeds it, so that the order of stopping is its own.
 */
export function serveAsChild<Ready>(start: StartChild<Ready>): void {
  // Keys and events are nobody else's business, whatever mode the directory has.
  process.umask(0o077);
  let running: Running<Ready> | undefined;
  const fail = (error: unknown): never => {
    process.stderr.write(`${explain(error)}\n`);
    process.exit(codeOf(error) === 'EADDRINUSE' ? portTakenExitCode : 1);
  };
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => undefined);
  // Hard: an orderly exit waits for LMDB's writers, which wait for this very thread. What was acknowledged is on disk.
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  process.on('message', (message) => {
    const told = message as ToChild<object>;
    if (told.kind === 'start')
      void start(told.start).then((started) => {
        running = started;
        process.send?.({ kind: 'ready', ready: started.ready } satisfies FromChild<Ready>);
      }, fail);
    else void Promise.resolve(running?.stop()).then(() => process.exit(0), fail);
  });
}

/** Words alone for what people can mend themselves: a port that is taken, a directory in use. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (codeOf(error) === 'EADDRINUSE') return `the port is taken (${error.message}); set PORT to another`;
  return codeOf(error) !== undefined || error instanceof DirectoryInUse
    ? error.message
    : (error.stack ?? error.message);
}
