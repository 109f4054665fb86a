import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';

export interface Failing {
  /** The calls succeed again. */
  stop(): Promise<void>;
}

/**
 * Lets system calls of a running process fail from now on, by strace's injection.
 * @param injection such as `fdatasync:error=EIO`
 * @throws Error when strace is not installed or may not trace here
 */
export async function failCalls(processId: number, injection: string): Promise<Failing> {
  const [name = ''] = injection.split(':');
  const tracing = spawn(
    'strace',
    ['-f', '-p', String(processId), '-o', '/dev/null', '-e', `trace=${name}`, '-e', `inject=${injection}`],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const ended = once(tracing, 'close');
  let words = '';
  await new Promise<void>((attached, refuse) => {
    tracing.once('error', (error) => refuse(new Error(`write errors need strace: ${error.message}`)));
    tracing.once('close', () => refuse(new Error(`strace could not trace the node: ${words.trim()}`)));
    tracing.stderr.setEncoding('utf8').on('data', (text: string) => {
      words += text;
      if (words.includes('attached')) attached();
    });
    void pause(10_000, undefined, { ref: false }).then(() =>
      refuse(new Error(`strace did not attach: ${words}`)),
    );
  });
  return {
    stop: async () => {
      tracing.kill('SIGINT');
      await ended;
    },
  };
}
