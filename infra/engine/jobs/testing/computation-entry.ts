import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const served = resolve('dist/infra/engine/jobs/computation-process.js');

const kernelErrors = resolve('dist/domain/kernel/errors.js');

/**
 * Writes a program that serves one computation, whose body is given as the text of a function of its input and tools.
 * It imports the compiled engine: a process of its own reads no TypeScript.
 *
 * @returns the path of the program
 */
export function writeComputation(directory: string, name: string, body: string): string {
  if (!existsSync(served)) throw new Error(`${served} is missing: npm run build makes it`);
  const entry = join(directory, 'computation.mjs');
  writeFileSync(
    entry,
    `import { appendFileSync, readFileSync } from 'node:fs';
import { serveComputation } from ${JSON.stringify(pathToFileURL(served).href)};
import { Rejected, Unavailable } from ${JSON.stringify(pathToFileURL(kernelErrors).href)};
const log = ${JSON.stringify(join(directory, 'begun.log'))};
const computation = ${body};
serveComputation({
  ${JSON.stringify(name)}: (input, tools) => {
    appendFileSync(log, JSON.stringify(input) + '\\n');
    const nth = readFileSync(log, 'utf8').trim().split('\\n').length;
    return computation(input, tools, nth);
  },
});
`,
  );
  return entry;
}
