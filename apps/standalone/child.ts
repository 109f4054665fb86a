/** What the supervisor tells its children, and they it. */
export type ToChild<Start> = { readonly kind: 'start'; readonly start: Start } | { readonly kind: 'stop' };
export type FromChild<Ready> = { readonly kind: 'ready'; readonly ready: Ready };

export interface Running<Ready> {
  readonly ready: Ready;
  stop(): Promise<void>;
}

type StartChild<Ready> = { bivariant(options: object): Promise<Running<Ready>> }['bivariant'];

/**
 * The child's side: starts when told to, stops when told to, and ends with its supervisor.
 * The terminal's Ctrl-C reaches the whole group; only the supervisor heeds it, so that the order of stopping is its own.
 */
export function serveAsChild<Ready>(start: StartChild<Ready>): void {
  let running: Running<Ready> | undefined;
  const fail = (error: unknown): never => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  };
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => undefined);
  process.on('disconnect', () => process.exit(1));
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
