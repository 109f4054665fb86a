import type { Acknowledgements } from './acknowledgements.js';
import type { Census, CountedEvent } from './census.js';
import { nameOf } from './effects.js';
import type { Violations } from './violations.js';

/** Every acknowledged command is in the log once, as it was acknowledged; no other one is there twice. */
export async function checkCommands(
  census: Census,
  acknowledgements: Acknowledgements,
  violations: Violations,
): Promise<void> {
  for (const contradiction of acknowledgements.contradictions) violations.add('lost', contradiction);
  for (const entry of await acknowledgements.entries()) {
    const name = nameOf(entry.effect);
    const times = census.of(entry.effect).length;
    if (entry.outcome === 'refused') {
      if (times > 0) violations.add('lost', `${name} was refused with ${entry.code}, and took effect`);
      continue;
    }
    const { stream, revision, hash } = entry.answer;
    const found = census.at(stream, BigInt(revision));
    if (!found) violations.add('lost', `${name} was acknowledged at ${stream} ${revision}: nothing is there`);
    else if (found.hash !== hash)
      violations.add('lost', `${name} was acknowledged at ${stream} ${revision}: another event is there`);
    if (times === 0) violations.add('lost', `${name} was acknowledged, and took no effect`);
    if (times > 1) violations.add('doubled', `${name} was acknowledged, and took effect ${times} times`);
  }
  for (const effect of acknowledgements.unanswered) {
    const times = census.of(effect).length;
    if (times > 1)
      violations.add('doubled', `${nameOf(effect)} was not answered, and took effect ${times} times`);
  }
  for (const [commandId, events] of census.byCommand) checkOneAppend(commandId, events, violations);
}

/** What a command did is one append: in one stream, without gaps; and no command of ours says the same thing twice. */
function checkOneAppend(commandId: string, events: readonly CountedEvent[], violations: Violations): void {
  const [first] = events;
  if (!first) return;
  const isWhole = events.every(
    ({ stream, revision }, at) => stream === first.stream && revision === first.revision + BigInt(at),
  );
  const types = events.map(({ type }) => type);
  if (!isWhole || new Set(types).size < types.length)
    violations.add(
      'doubled',
      `the command ${commandId} took effect more than once: ${events
        .map(({ stream, revision, type }) => `${type} at ${stream} ${revision}`)
        .join(', ')}`,
    );
}
