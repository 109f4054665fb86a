import { BsonValue } from '../bson/value.js';
import { type Engine } from '../engine.js';
import { CommandError } from '../errors.js';
import { compileFilter } from '../query/matcher.js';
import { type CollectionDefinition } from '../store/index-definition.js';
import { findTargets } from '../write/find-targets.js';
import { type CommandHandler } from './command.js';
import { checkCollation } from './concerns.js';
import { findCollection, hintedIndex, namespaceOfCommand } from './namespaces.js';
import { runStatements, runWrite, statementArguments, statementsOf, withErrors } from './write-command.js';

export const deleteCommand: CommandHandler = (command, engine) => {
  const args = command.arguments.allow('deletes', 'ordered', 'let');
  const statements = statementsOf(command, 'deletes');
  const ordered = args.boolean('ordered', true);
  namespaceOfCommand(command);
  return runWrite(command, engine, () => {
    let n = 0;
    const collection = findCollection(engine, command);
    const errors = runStatements(statements, ordered, (statement) => {
      n += deleteStatement(engine, collection, statement);
    });
    return withErrors({ n }, errors);
  });
};

function deleteStatement(
  engine: Engine,
  collection: CollectionDefinition | undefined,
  statement: BsonValue,
): number {
  const args = statementArguments('deletes', statement, ['q', 'limit', 'hint']);
  checkCollation(args.document('collation'));
  const filter = args.document('q') ?? BsonValue.from({});
  const limit = args.count('limit') ?? 0;
  if (limit > 1)
    throw new CommandError('FailedToParse', `The limit field in delete objects must be 0 or 1. Got ${limit}`);
  const matches = compileFilter(filter);
  if (collection === undefined) return 0;
  const hint = args.value('hint');
  const targets = findTargets(engine, collection, {
    filter,
    matches,
    multi: limit === 0,
    sort: [],
    hint: hint === undefined ? undefined : hintedIndex(collection, hint),
  });
  for (const { key, value } of targets) engine.documents.remove(collection, key, value);
  return targets.length;
}
