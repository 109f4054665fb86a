import { runParts } from '../kit/parts.js';
import { commandsPart } from './commands-part.js';
import { executionPart } from './execution-part.js';
import { latencyPart } from './latency-part.js';
import { projectionPart } from './projection-part.js';
import { timersPart } from './timers-part.js';

await runParts('engine', {
  commands: commandsPart,
  execution: executionPart,
  latency: latencyPart,
  projection: projectionPart,
  timers: timersPart,
});
