import { isEmptyContainer, itemsOf } from '../bson/elements.js';
import { identityOf } from '../bson/compare.js';
import { pathSegments, visitPath } from '../bson/path.js';
import { BsonType, BsonValue } from '../bson/value.js';
import { ArrayNode, documentNode, encodeNode } from '../bson/node.js';
import { doubleValue, toPlainNumber } from '../bson/numbers.js';
import { ServerCursor } from '../query/cursors.js';
import { compileFilter } from '../query/matcher.js';
import { planQuery } from '../query/planner.js';
import { runFind } from '../query/run-find.js';
import { type Engine } from '../engine.js';
import { type Command, type CommandHandler } from './command.js';
import { deadlineOf } from './cursor-batches.js';
import { findCollection, hintedIndex, namespaceOfCommand, readableGuard } from './namespaces.js';

const BATCH = 1000;

export const count: CommandHandler = async (command, engine) => {
  const args = command.arguments.allow('query', 'limit', 'skip', 'hint', 'fields');
  const collection = findCollection(engine, command);
  const filter = args.document('query');
  compileFilter(filter);
  if (collection === undefined) return { n: 0 };
  const skip = args.count('skip') ?? 0;
  const limitValue = args.value('limit');
  // A negative limit means the same as its absolute value.
  const limit = Math.abs(Math.trunc(limitValue === undefined ? 0 : (toPlainNumber(limitValue) ?? 0)));
  if (filter === undefined || isEmptyContainer(filter)) {
    const all = Math.max(0, engine.documents.count(collection) - skip);
    return { n: limit > 0 ? Math.min(limit, all) : all };
  }
  let n = 0;
  await visitMatching(command, engine, filter, { skip, limit }, () => {
    n += 1;
  });
  return { n };
};

export const distinct: CommandHandler = async (command, engine) => {
  const args = command.arguments.allow('key', 'query', 'hint');
  const segments = pathSegments(args.string('key'));
  const values = new Map<string, BsonValue>();
  const add = (value: BsonValue): void => {
    const identity = identityOf(value);
    if (!values.has(identity)) values.set(identity, value);
  };
  await visitMatching(command, engine, args.document('query'), { skip: 0, limit: 0 }, (document) => {
    visitPath(BsonValue.document(document), segments, (value) => {
      if (value?.type === BsonType.array) for (const item of itemsOf(value)) add(item);
      else if (value !== undefined) add(value);
      return false;
    });
  });
  const sorted = [...values].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, value]) => value);
  return encodeNode(
    documentNode([
      ['values', new ArrayNode(sorted)],
      ['ok', doubleValue(1)],
    ]),
  );
};

async function visitMatching(
  command: Command,
  engine: Engine,
  filter: BsonValue | undefined,
  window: { readonly skip: number; readonly limit: number },
  visit: (document: Buffer) => void,
): Promise<void> {
  const matches = compileFilter(filter);
  const collection = findCollection(engine, command);
  if (collection === undefined) return;
  const hint = command.arguments.value('hint');
  const plan = planQuery(
    collection,
    filter,
    [],
    hint === undefined ? undefined : hintedIndex(collection, hint),
  );
  const stream = runFind(engine.environment, {
    plan,
    assertReadable: readableGuard(engine, collection, plan),
    matches,
    sort: [],
    ...window,
  });
  const cursor = new ServerCursor(namespaceOfCommand(command), undefined, false, stream);
  const deadline = deadlineOf(command);
  for (;;) {
    const { documents, exhausted } = await cursor.next(BATCH, deadline);
    for (const document of documents) visit(document);
    if (exhausted) return;
  }
}
