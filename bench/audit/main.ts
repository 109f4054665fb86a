import { runParts } from '../kit/parts.js';
import { commandsPart } from './commands-part.js';
import { latencyPart } from './latency-part.js';
import { sealPart } from './seal-part.js';
import { verifyPart } from './verify-part.js';

await runParts('audit', {
  seal: sealPart,
  latency: latencyPart,
  verify: verifyPart,
  commands: commandsPart,
});
