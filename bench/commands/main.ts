import { report } from '../kit/result.js';
import { measureCommands } from './measure.js';

const { rates, ratio, latency, correct } = await measureCommands(5, [
  'commands',
  'bareHandler',
  'bareSystem',
  'bareAppend',
  'commandsKeyed',
]);
report({
  bench: 'commands',
  rates,
  ratios: {
    commandsPerBareHandler: ratio('commands', 'bareHandler'),
    commandsPerBareSystem: ratio('commands', 'bareSystem'),
    bareSystemPerBareHandler: ratio('bareSystem', 'bareHandler'),
    commandsPerBareAppend: ratio('commands', 'bareAppend'),
    commandsPerBareHandlerKeyed: ratio('commandsKeyed', 'bareHandler'),
  },
  latency: { command: latency('commands'), bareHandler: latency('bareHandler') },
  correct,
});
