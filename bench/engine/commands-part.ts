import { measureCommands } from '../commands/measure.js';
import type { Figures } from '../kit/parts.js';

/** Through HTTP, as `bench:commands` measures it. */
export async function commandsPart(): Promise<Figures> {
  const { rates, ratio, latency, correct } = await measureCommands(3, ['commands', 'bareHandler']);
  return {
    rates,
    ratios: { commandsPerBareHandler: ratio('commands', 'bareHandler') },
    latency: { command: latency('commands'), bareHandler: latency('bareHandler') },
    correct,
  };
}
