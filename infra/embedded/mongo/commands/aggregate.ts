import { type BsonValue } from '../bson/value.js';
import { fieldsOf, itemsOf } from '../bson/elements.js';
import { CommandError, notImplemented } from '../errors.js';
import { type Engine } from '../engine.js';
import { compileStage, limitOf, type NamedStage, parseStage } from '../aggregate/stages.js';
import { type DocumentStream } from '../query/cursors.js';
import { compileFilter } from '../query/matcher.js';
import { planQuery } from '../query/planner.js';
import { runFind } from '../query/run-find.js';
import { parseSort } from '../query/sort-order.js';
import { type Command, type CommandHandler } from './command.js';
import { DEFAULT_BATCH, firstBatch } from './cursor-batches.js';
import { CommandArguments } from './arguments.js';
import { findCollection, hintedIndex, namespaceOfCommand, readableGuard } from './namespaces.js';
import { nothing } from './find.js';

export const aggregate: CommandHandler = (command, engine) => {
  const args = command.arguments.allow(
    'pipeline',
    'cursor',
    'explain',
    'allowDiskUse',
    'hint',
    'let',
    'bypassDocumentValidation',
  );
  if (args.boolean('explain')) throw notImplemented('explain');
  if (args.has('let')) throw notImplemented('aggregate with let');
  const cursorOption = args.document('cursor');
  if (cursorOption === undefined)
    throw new CommandError(
      'FailedToParse',
      "The 'cursor' option is required, except for aggregate with the explain argument",
    );
  const cursor = new CommandArguments('cursor', fieldsOf(cursorOption)).allow('batchSize');
  const namespace = namespaceOfCommand(command);
  const stages = itemsOf(args.array('pipeline')).map(parseStage);
  return firstBatch(command, engine, stream(command, engine, stages), {
    namespace,
    batchSize: cursor.count('batchSize') ?? DEFAULT_BATCH,
    single: false,
    neverTimesOut: false,
  });
};

/** What of a pipeline's beginning an index can answer. */
interface Beginning {
  filter?: BsonValue;
  sort?: BsonValue;
  limit?: number;
  readonly rest: readonly NamedStage[];
}

function beginningOf(stages: readonly NamedStage[]): Beginning {
  const rest = [...stages];
  const take = (name: string): BsonValue | undefined =>
    rest[0]?.name === name ? rest.shift()?.operand : undefined;
  const filter = take('$match');
  const sort = take('$sort');
  const limit = sort === undefined ? undefined : take('$limit');
  return {
    ...(filter === undefined ? {} : { filter }),
    ...(sort === undefined ? {} : { sort }),
    ...(limit === undefined ? {} : { limit: limitOf(limit) }),
    rest,
  };
}

function stream(command: Command, engine: Engine, stages: readonly NamedStage[]): DocumentStream {
  // Every stage is compiled first, so that an unknown one fails whatever the collection holds.
  for (const stage of stages) compileStage(stage);
  const beginning = beginningOf(stages);
  const matches = compileFilter(beginning.filter);
  const sort = parseSort(beginning.sort);
  const collection = findCollection(engine, command);
  let documents = nothing();
  if (collection !== undefined) {
    const hint = command.arguments.value('hint');
    const plan = planQuery(
      collection,
      beginning.filter,
      sort,
      hint === undefined ? undefined : hintedIndex(collection, hint),
    );
    documents = runFind(engine.environment, {
      plan,
      assertReadable: readableGuard(engine, collection, plan),
      matches,
      sort,
      skip: 0,
      limit: beginning.limit ?? 0,
    });
  }
  return beginning.rest.map(compileStage).reduce((input, stage) => stage(input), documents);
}
