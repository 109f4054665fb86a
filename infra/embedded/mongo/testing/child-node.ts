import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const BUILT = resolve('dist/infra/embedded/mongo/node.js');

export interface ChildNode {
  readonly url: string;
  readonly kill: () => Promise<void>;
}

/** The child must be a process of its own to be killed or traced. Runs the built node in a process of its own over `directory/data`, optionally under another program. */
export async function startChildNode(directory: string, under: readonly string[] = []): Promise<ChildNode> {
  const script = join(directory, 'child.mjs');
  await writeFile(
    script,
    `import { startMongoNode } from ${JSON.stringify(pathToFileURL(BUILT).href)};
     const node = await startMongoNode({ directory: ${JSON.stringify(join(directory, 'data'))} });
     process.stdout.write(process.pid + ' ' + node.url + '\\n');`,
  );
  const [program, ...rest] = [...under, process.execPath, script];
  const child = spawn(program, rest, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  const exited = new Promise<void>((done) => {
    child.once('exit', () => {
      done();
    });
  });
  const line = await new Promise<string>((done, fail) => {
    child.stdout.once('data', (bytes: Buffer) => {
      done(bytes.toString().trim());
    });
    child.once('exit', () => {
      fail(new Error('the child ended before it listened'));
    });
  });
  const [pid = '', url = ''] = line.split(' ');
  return {
    url,
    kill: () => {
      process.kill(Number(pid), 'SIGKILL');
      return exited;
    },
  };
}
