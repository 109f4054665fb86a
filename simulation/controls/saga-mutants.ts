import type { Mutant } from './mutant.js';

const shard = 'infra/engine/sagas/saga-shard.js';
const ports = 'infra/engine/sagas/saga-ports.js';
const runner = 'infra/engine/sagas/instance-runner.js';
const instance = 'domain/engine/saga-instance.js';
const reaction = 'domain/engine/saga-reaction.js';
const round = 'infra/engine/commands/command-round.js';
const jobs = 'infra/engine/jobs/job-runner.js';

export const sagaMutants: readonly Mutant[] = [
  {
    rule: 'S1',
    without: 'one id for every attempt of a step',
    file: ports,
    text: "return contentId(hash('sha256', `axion/saga-step/1\\n${sagaStream}\\n${revision}\\n${index}`));",
    replacement:
      "globalThis.attempts = (globalThis.attempts ?? 0) + 1;\n    return contentId(hash('sha256', `axion/saga-step/1\\n${sagaStream}\\n${revision}\\n${index}\\n${globalThis.attempts}`));",
    finds: ['saga.step-twice'],
  },
  {
    rule: 'S1',
    without: 'the handing over before the checkpoint',
    file: shard,
    text: 'await this.handOverAll(batch);',
    replacement:
      'if (upTo !== undefined) { this.moveTo(upTo); await this.save(); }\n                await this.handOverAll(batch);',
    finds: ['saga.unfinished', 'timer.though-affirmed'],
  },
  {
    rule: 'S1',
    without: 'the sending until it is answered: without an answer the step counts as done',
    file: runner,
    text: "return { kind: 'unanswered', attempt: attempts + 1, reason: messageOf(error) };",
    replacement: "return { kind: 'accepted', position: null };",
    finds: ['saga.step-missing', 'saga.not-undone', 'timer.lost'],
  },
  {
    rule: 'S1',
    without: 'the record of a refusal',
    file: runner,
    text: "return { kind: 'refused', code: error.code, message: error.message, details: error.details };",
    replacement: "return { kind: 'accepted', position: null };",
    finds: ['saga.went-on-though-refused', 'saga.step-missing'],
  },
  {
    rule: 'S2',
    without: 'the refusal of what was cancelled',
    file: round,
    text: 'if (aggregate.cancelled.has(context.commandId))',
    replacement: 'if (false)',
    finds: ['saga.late-original', 'saga.step-twice'],
    seeds: 5000,
  },
  {
    rule: 'S2',
    without: 'the undoing of a step that is not known to have failed',
    file: reaction,
    text: 'if (mayBeSent?.compensation)',
    replacement: 'if (false)',
    finds: ['saga.not-undone'],
  },
  {
    rule: 'S3',
    without: 'the wait for what was in the log when the timer became due',
    file: runner,
    text: "if (appliedTo === 'wait')",
    replacement:
      "if (appliedTo === 'wait') { await this.record(self, new FireTimer(), { name, due, appliedTo: undefined }); break; }\n                if (false)",
    finds: ['timer.though-affirmed'],
    seeds: 2000,
  },
  {
    rule: 'S3',
    without: 'the look at the instance whether its timer is still set',
    file: instance,
    text: 'if (!waits || before.timers[name] !== due)',
    replacement: 'if (before.parked !== null)',
    finds: ['timer.twice', 'timer.though-affirmed', 'saga.step-twice', 'saga.unfinished'],
  },
  {
    rule: 'J1',
    without: 'the count of the attempt before the work',
    file: jobs,
    text: 'await send(job.started(found.id), await this.contextOf(found));',
    replacement: '',
    finds: ['job.uncounted', 'job.kills-for-ever'],
  },
];
