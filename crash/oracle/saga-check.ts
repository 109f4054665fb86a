import { sagaCategory } from '../../domain/engine/saga-instance.js';
import { stepCommandId } from '../../infra/engine/sagas/saga-ports.js';
import type { Census, CountedEvent } from './census.js';
import { objectOf, textOf } from './effects.js';
import type { Violations } from './violations.js';

/** What must happen in another stream when a step was accepted; the others may have nothing to do. */
const effectOfStep: Readonly<Record<string, string>> = {
  OpenSettlement: 'SettlementOpened',
  InstructSettlement: 'SettlementInstructed',
  RequestRunBulk: 'BreakBulkRequested',
};

/** Every input was handled once; every step was answered once, and what was accepted is in effect, once. */
export function checkSagas(census: Census, violations: Violations): void {
  for (const [stream, events] of census.category(sagaCategory)) {
    const answers = events.filter(({ type }) => type === 'StepAccepted' || type === 'StepRefused');
    const answered = tally(answers.map(({ data }) => nameOfStep(data['step'])));
    const inputs = tally(
      events.flatMap(({ type, data }) => {
        const cause = objectOf(data['cause']);
        return type === 'SagaReacted' && cause['kind'] === 'event' ? [textOf(cause['id'])] : [];
      }),
    );
    for (const [input, times] of inputs)
      if (times > 1) violations.add('saga', `${stream} reacted ${times} times to the event ${input}`);
    for (const step of stepsOf(events)) {
      const name = `step ${step.revision}/${step.index} (${step.command}) of ${stream}`;
      const times = answered.get(`${step.revision}/${step.index}`) ?? 0;
      if (times !== 1) violations.add('saga', `${name} was answered ${times} times`);
      answered.delete(`${step.revision}/${step.index}`);
      const effects = census.byCommand.get(stepCommandId(stream, step)) ?? [];
      const expected = effectOfStep[step.command];
      if (expected !== undefined && effects.filter(({ type }) => type === expected).length !== 1)
        violations.add('saga', `${name} took effect ${effects.length} times`);
    }
    for (const [step] of answered)
      violations.add('saga', `${stream} has an answer to ${step}, and no such step`);
  }
}

interface Step {
  readonly revision: string;
  readonly index: number;
  readonly command: string;
}

export function stepsOf(events: readonly CountedEvent[]): readonly Step[] {
  return events.flatMap(({ type, revision, data }) => {
    const steps = data['steps'];
    if ((type !== 'SagaReacted' && type !== 'CompensationStarted') || !Array.isArray(steps)) return [];
    return steps.map((step, index) => ({
      revision: revision.toString(),
      index,
      command: textOf(objectOf(step)['command']),
    }));
  });
}

function nameOfStep(step: unknown): string {
  const { revision, index } = objectOf(step);
  return `${textOf(revision)}/${textOf(index)}`;
}

function tally(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
