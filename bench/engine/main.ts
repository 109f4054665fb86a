import { loadavg } from 'node:os';
import { print } from '../../apps/cli/terminal.js';
import { report } from '../kit/result.js';
import { rounded } from '../kit/statistics.js';
import { commandsPart } from './commands-part.js';
import { executionPart } from './execution-part.js';
import { latencyPart } from './latency-part.js';
import { isQuick, merged, type Figures } from './part.js';
import { projectionPart } from './projection-part.js';
import { timersPart } from './timers-part.js';

const parts: Readonly<Record<string, () => Promise<Figures>>> = {
  commands: commandsPart,
  execution: executionPart,
  latency: latencyPart,
  projection: projectionPart,
  timers: timersPart,
};

const asked = process.argv.indexOf('--only');
const only = asked < 0 ? undefined : process.argv[asked + 1];
if (only !== undefined && !Object.hasOwn(parts, only)) {
  print(`--only takes one of ${Object.keys(parts).join(', ')}`);
  process.exit(2);
}

if (isQuick && process.argv.includes('--save')) {
  print('figures of --quick are not kept: leave one of --quick and --save out');
  process.exit(2);
}

const found: Figures[] = [];
for (const [name, part] of Object.entries(parts)) {
  if (only !== undefined && name !== only) continue;
  const started = performance.now();
  print(`\n${name} (load average ${rounded(loadavg()[0] ?? 0)})`);
  const figures = await part();
  if (!figures.correct) print(`${name}: not correct`);
  found.push(figures);
  print(`${name}: ${rounded((performance.now() - started) / 1000)} s`);
}
report({ bench: 'engine', ...merged(found) });
