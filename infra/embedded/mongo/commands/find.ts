import { BsonType } from '../bson/value.js';
import { CommandError, notImplemented } from '../errors.js';
import { compileFilter } from '../query/matcher.js';
import { planQuery } from '../query/planner.js';
import { compileProjection } from '../query/projection.js';
import { runFind } from '../query/run-find.js';
import { parseSort, type SortField } from '../query/sort-order.js';
import { type DocumentStream } from '../query/cursors.js';
import { type Engine } from '../engine.js';
import { type Command, type CommandHandler } from './command.js';
import { sessionOf } from './concerns.js';
import { DEFAULT_BATCH, deadlineOf, firstBatch } from './cursor-batches.js';
import { hintedIndex, findCollection, namespaceOfCommand, readableGuard } from './namespaces.js';
import { cursorReply } from './replies.js';

const REFUSED = ['max', 'min', 'returnKey', 'showRecordId', 'let'];

export const find: CommandHandler = (command, engine) => {
  refuseTailing(command);
  const args = command.arguments.allow(
    'filter',
    'sort',
    'projection',
    'hint',
    'skip',
    'limit',
    'batchSize',
    'singleBatch',
    'noCursorTimeout',
    'oplogReplay',
    'allowPartialResults',
    'allowDiskUse',
    'tailable',
    'awaitData',
    ...REFUSED,
  );
  for (const name of REFUSED) {
    const value = args.value(name);
    if (
      value !== undefined &&
      !(value.type === BsonType.boolean && !value.boolean()) &&
      !(value.isDocument && value.end - value.start === 5)
    ) {
      throw notImplemented(`find with ${name}`);
    }
  }
  return firstBatch(command, engine, findStream(command, engine), {
    namespace: namespaceOfCommand(command),
    batchSize: args.count('batchSize') ?? DEFAULT_BATCH,
    single: args.boolean('singleBatch'),
    neverTimesOut: args.boolean('noCursorTimeout'),
  });
};

/** No collection here is capped, so a server refuses a cursor that waits at its end. */
function refuseTailing({ arguments: args }: Command): void {
  if (args.boolean('awaitData') && !args.boolean('tailable'))
    throw new CommandError('FailedToParse', "Cannot set 'awaitData' without also setting 'tailable'");
  if (args.boolean('tailable'))
    throw new CommandError(
      'BadValue',
      'error processing query: tailable cursor requested on non capped collection',
    );
}

function findStream(command: Command, engine: Engine): DocumentStream {
  const args = command.arguments;
  const filter = args.document('filter');
  const matches = compileFilter(filter);
  const project = compileProjection(args.document('projection'));
  const sort = withoutNatural(parseSort(args.document('sort')));
  const skip = args.count('skip') ?? 0;
  const limit = args.count('limit') ?? 0;
  const collection = findCollection(engine, command);
  if (collection === undefined) return nothing();
  const hint = args.value('hint');
  const plan = planQuery(
    collection,
    filter,
    sort,
    hint === undefined ? undefined : hintedIndex(collection, hint),
  );
  return runFind(engine.environment, {
    plan,
    assertReadable: readableGuard(engine, collection, plan),
    matches,
    sort,
    skip,
    limit,
    ...(project === undefined ? {} : { project }),
  });
}

/** Natural order is the order of the store itself. */
function withoutNatural(sort: readonly SortField[]): readonly SortField[] {
  if (!sort.some(({ path }) => path === '$natural')) return sort;
  if (sort.length > 1)
    throw new CommandError('BadValue', '$natural sort cannot be set to a value other than -1 or 1.');
  if (sort[0]?.descending === true) throw notImplemented('Reversed natural order');
  return [];
}

export function* nothing(): DocumentStream {
  // A collection that is not there has no documents.
}

export const getMore: CommandHandler = async (command, engine) => {
  const args = command.arguments.allow('collection', 'batchSize', 'term', 'lastKnownCommittedOpTime');
  const idValue = args.required('getMore');
  if (idValue.type !== BsonType.int64) throw new CommandError('TypeMismatch', 'getMore must be a long');
  const id = idValue.bytes.readBigInt64LE(idValue.start);
  const namespace = `${command.database}.${args.string('collection')}`;
  const cursor = engine.cursors.find(id, namespace);
  cursor.requireSession(sessionOf(args)?.toString('hex'));
  cursor.pinned = true;
  try {
    const most = args.count('batchSize') ?? 0;
    const { documents, exhausted } = await cursor.next(most === 0 ? Infinity : most, deadlineOf(command));
    cursor.lastUsed = Date.now();
    if (exhausted) engine.cursors.kill(id);
    return cursorReply('nextBatch', namespace, exhausted ? 0n : id, documents);
  } catch (error) {
    engine.cursors.kill(id);
    throw error;
  } finally {
    cursor.pinned = false;
  }
};
