import type { SimulatedMutant } from './mutant.js';

const round = 'infra/engine/commands/command-round.js';
const execution = 'infra/engine/commands/command-execution.js';
const keys = 'infra/engine/commands/idempotency-stream.js';
const aggregates = 'infra/engine/commands/aggregates.js';
const chain = 'infra/eventstore/chain.js';
const log = 'infra/eventstore/in-memory-event-log.js';

export const commandMutants: readonly SimulatedMutant[] = [
  {
    rule: 'C1',
    without: 'an exact revision at the append',
    file: log,
    text: 'if (first !== existing.length)',
    replacement: 'if (false)',
    finds: ['links.broken'],
  },
  {
    rule: 'C1',
    without: 'the look whether the command was done already',
    file: round,
    text: 'if (answer)',
    replacement: 'if (false)',
    finds: ['command.twice'],
  },
  {
    rule: 'C1',
    without: 'another round after a conflict',
    file: execution,
    text: 'if (error instanceof RevisionConflict)\n                continue;',
    replacement: '',
    finds: ['command.unexpected-error'],
  },
  {
    rule: 'C2',
    without: 'content in the id of an event: the command alone makes it',
    file: chain,
    text: 'return { id: contentId(h),',
    replacement: "return { id: contentId(hash('sha256', fields.cmd + type + (data.part ?? ''))),",
    finds: ['answer.wrong', 'links.broken', 'key.second-id'],
  },
  {
    rule: 'C2',
    without: 'the difference between unknown and done',
    file: round,
    text: 'throw stillUnknown(context);\n    }\n    async findAppended',
    replacement: 'return { position: 0n };\n    }\n    async findAppended',
    finds: ['command.lost', 'answer.wrong'],
  },
  {
    rule: 'C2',
    without: 'the difference between unknown and failed: it is refused',
    file: round,
    text: "return new Unavailable('command.unknown'",
    replacement: "return new Rejected('command.failed'",
    finds: ['command.refused-yet-done', 'key.answer-changed', 'refusal.stale'],
  },
  {
    rule: 'C2',
    without: 'the comparison of ids where the stream is asked',
    file: round,
    text: 'if (stored.id !== events[matched]?.id)',
    replacement: 'if (false)',
    finds: ['answer.wrong', 'command.lost', 'links.broken'],
  },
  {
    rule: 'C3',
    without: 'the attempt before the events',
    file: execution,
    text: 'await this.reservations.attempt(reservation, fingerprint, attempt, target, aggregate.last?.revision, salt);',
    replacement: '',
    finds: ['key.second-id', 'key.answer-changed', 'key.two-bodies'],
  },
  {
    rule: 'C3',
    without: "the exact revision of the key's stream",
    file: keys,
    text: 'const event = { id: this.ids.next(),',
    replacement:
      'for await (const one of this.log.read(stream)) revision = one.revision;\n        const event = { id: this.ids.next(),',
    finds: ['key.second-id', 'key.answer-changed', 'key.two-bodies', 'command.refused-yet-done'],
  },
  {
    rule: 'C3',
    without: 'the record of what was refused',
    file: execution,
    text: 'await this.reservations.answer(reservation, fingerprint, attempt, outcome, this.ports.ids.salt());',
    replacement: '',
    finds: ['key.answer-changed', 'command.refused-yet-done', 'key.two-bodies'],
  },
  {
    rule: 'C3',
    without: "the first attempt's generated ids",
    file: execution,
    text: 'Object.assign(command, attempt.generated);',
    replacement: '',
    finds: ['key.second-id', 'key.answer-changed'],
  },
  {
    rule: 'C3',
    without: 'a second look at the key when the command is found done',
    file: execution,
    text: 'if (!reservation.first)',
    replacement: 'if (false)',
    finds: ['key.second-id', 'key.two-bodies'],
  },
  {
    rule: 'C3',
    without: 'the comparison of bodies',
    file: keys,
    text: 'if (bodyHash(entry.salt, fingerprint) !== entry.bodyHash)',
    replacement: 'if (false)',
    finds: ['key.two-bodies'],
  },
  {
    rule: 'C5',
    without: 'the forgetting of what met a conflict or stayed unknown',
    file: round,
    text: 'aggregates.drop(stream);',
    replacement: '',
    finds: ['command.unanswered'],
  },
  {
    rule: 'C5',
    without: "the look at the stream's tail before a refusal",
    file: round,
    text: 'if (!isCurrent && (await aggregates.refresh(decider, aggregate)))',
    replacement: 'if (false)',
    finds: ['refusal.stale', 'command.lost', 'key.answer-changed'],
  },
  {
    rule: 'C5',
    without: 'the acknowledgement before the cache takes an event',
    file: round,
    text: "const appended = await this.send(stream, last?.revision ?? 'no_stream', linked, context);",
    replacement:
      "const answer = await aggregates.acknowledge(decider, aggregate, linked, { position: 0n });\n            const { position } = await this.send(stream, last?.revision ?? 'no_stream', linked, context);",
    also: [
      {
        file: round,
        text: 'return await aggregates.acknowledge(decider, aggregate, linked, appended);',
        replacement:
          'aggregate.last = { ...aggregate.last, position };\n            aggregate.commands.set(context.commandId, { ...answer, position: position.toString() });\n            return aggregate.commands.get(context.commandId);',
      },
      {
        file: round,
        text: 'aggregates.drop(stream);',
        replacement: 'if (error instanceof RevisionConflict) aggregates.drop(stream);',
      },
    ],
    finds: ['command.lost', 'answer.wrong', 'links.broken', 'refusal.stale'],
  },
  {
    rule: 'C7',
    without: 'the position of the command itself in the answer: the next of the log is told',
    file: aggregates,
    text: 'position: last.position.toString()',
    replacement: 'position: (last.position + 1n).toString()',
    finds: ['answer.wrong', 'query.hangs'],
  },
];
