import type { SimulatedMutant } from './mutant.js';

const shard = 'infra/engine/sagas/saga-shard.js';
const ports = 'infra/engine/sagas/saga-ports.js';
const runner = 'infra/engine/sagas/instance-runner.js';
const instance = 'domain/engine/saga-instance.js';
const reaction = 'domain/engine/saga-reaction.js';
const round = 'infra/engine/commands/command-round.js';
const work = 'domain/engine/saga-work.js';
const clock = 'infra/system/manual-clock.js';
const sagas = 'infra/engine/sagas/saga-runner.js';
const jobs = 'infra/engine/jobs/job-runner.js';

export const sagaMutants: readonly SimulatedMutant[] = [
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
    finds: ['saga.unfinished', 'saga.step-missing', 'timer.though-affirmed'],
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
    rule: 'S1',
    without: 'the look whether each share that is held is read for: only what was taken just now counts',
    file: sagas,
    text: 'const share = (await this.fairShare?.of(this.shardCount)) ?? this.shardCount;',
    replacement:
      'let opened = false;\n        const share = (await this.fairShare?.of(this.shardCount)) ?? this.shardCount;',
    also: [
      {
        file: sagas,
        text: 'await this.open(number, lease);',
        replacement: '(await this.open(number, lease), opened = true);',
      },
      { file: sagas, text: 'if (!this.isReadFor())', replacement: 'if (opened)' },
    ],
    finds: ['saga.unfinished', 'saga.step-missing', 'timer.lost'],
  },
  {
    rule: 'S1',
    without: 'the deafness of a share that was given up',
    file: shard,
    text: 'if (this.stopping.signal.aborted)\n            return;\n        if (this.offered',
    replacement: 'if (this.offered',
    also: [
      {
        file: shard,
        text: 'this.working ??= this.work();',
        replacement: 'if (!this.stopping.signal.aborted) this.working ??= this.work();',
      },
    ],
    finds: ['saga.unfinished', 'saga.step-missing'],
    scenario: 'share-given-up',
  },
  {
    rule: 'S2',
    without: 'the refusal of what was cancelled',
    file: round,
    text: 'if (aggregate.cancelled.has(context.commandId))',
    replacement: 'if (false)',
    finds: ['saga.late-original', 'saga.step-twice'],
    scenario: 'compensation-after-an-unknown-command',
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
    scenario: 'affirmed-with-the-saga-behind',
  },
  {
    rule: 'S3',
    without: 'the look at the instance whether its timer is still set',
    file: instance,
    text: 'if (!waits || before.timers[name] !== due)',
    replacement: 'if (before.parked !== null)',
    finds: ['timer.twice'],
    scenario: 'fired-by-two',
  },
  {
    rule: 'S3',
    without: 'any look whether the time has come: neither the worker’s nor the saga’s own',
    file: work,
    text: 'find(({ due }) => due <= now)',
    replacement: 'find(({ due, work }) => work.kind === "timer" || due <= now)',
    also: [{ file: instance, text: 'if (due > context.at)', replacement: 'if (false)' }],
    finds: ['timer.early'],
  },
  {
    rule: 'S4',
    without: 'the reading of the manual clock each time: a process keeps what it read first',
    file: clock,
    text: 'const newest = await this.log.readLast(this.stream);',
    replacement: 'const newest = (this.kept ??= await this.log.readLast(this.stream));',
    finds: ['stand-still', 'timer.lost', 'saga.unfinished'],
    scenario: 'manual-clock',
  },
  {
    rule: 'S4',
    without: 'the log: a process goes by the system’s time, and by that of the log only where it is ahead',
    file: clock,
    text: 'return time;',
    replacement: 'const system = new Date().toISOString();\n        return time > system ? time : system;',
    finds: ['timer.early'],
    scenario: 'manual-clock',
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
