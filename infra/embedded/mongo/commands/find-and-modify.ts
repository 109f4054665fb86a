import { BsonValue } from '../bson/value.js';
import { type Engine } from '../engine.js';
import { documentNode, encodeNode, openDocument } from '../bson/node.js';
import { doubleValue } from '../bson/numbers.js';
import { CommandError } from '../errors.js';
import { compileFilter } from '../query/matcher.js';
import { compileProjection } from '../query/projection.js';
import { parseSort } from '../query/sort-order.js';
import { type TableEntry } from '../store/table-ranges.js';
import { findTargets } from '../write/find-targets.js';
import { compileUpdate, type Update } from '../write/update.js';
import { upsertedDocument } from '../write/upsert.js';
import { type Command, type CommandHandler } from './command.js';
import { collectionForWriting, findCollection, hintedIndex, namespaceOfCommand } from './namespaces.js';
import { insertUpserted } from './update.js';
import { checkValidator, runWrite } from './write-command.js';

export const findAndModify: CommandHandler = (command, engine) => {
  const args = command.arguments.allow(
    'query',
    'sort',
    'remove',
    'update',
    'new',
    'fields',
    'upsert',
    'bypassDocumentValidation',
    'arrayFilters',
    'hint',
    'let',
  );
  namespaceOfCommand(command);
  const remove = args.boolean('remove');
  const updateValue = args.value('update');
  if (remove && (updateValue !== undefined || args.boolean('upsert') || args.boolean('new'))) {
    throw new CommandError('FailedToParse', "Cannot specify 'update', 'upsert' or 'new' with 'remove'");
  }
  if (!remove && updateValue === undefined) {
    throw new CommandError('FailedToParse', 'Either an update or remove=true must be specified');
  }
  const change =
    updateValue === undefined ? undefined : compileUpdate(updateValue, args.value('arrayFilters'));
  const project = compileProjection(args.document('fields'));
  const shown: Show = (document) =>
    document === undefined
      ? BsonValue.from(null)
      : BsonValue.document(project === undefined ? document : project(document));
  return runWrite(command, engine, () => modify(command, engine, change, shown));
};

type Show = (document: Buffer | undefined) => BsonValue;

/** Built from stored bytes, so that the document in it keeps its types and the order of its keys. */
function answer(last: Record<string, unknown>, upserted: BsonValue | undefined, value: BsonValue): Buffer {
  const lastErrorObject = openDocument(BsonValue.from(last));
  if (upserted !== undefined) lastErrorObject.fields.set('upserted', upserted);
  return encodeNode(
    documentNode([
      ['lastErrorObject', lastErrorObject],
      ['value', value],
      ['ok', doubleValue(1)],
    ]),
  );
}

function modify(command: Command, engine: Engine, change: Update | undefined, shown: Show): Buffer {
  const args = command.arguments;
  const filter = args.document('query') ?? BsonValue.from({});
  const collection = findCollection(engine, command);
  const bypass = args.boolean('bypassDocumentValidation');
  const wantsNew = args.boolean('new');
  const target = targetOf(command, engine, filter);
  if (change === undefined) {
    if (target === undefined || collection === undefined)
      return answer({ n: 0 }, undefined, shown(undefined));
    engine.documents.remove(collection, target.key, target.value);
    return answer({ n: 1 }, undefined, shown(target.value));
  }
  if (target !== undefined && collection !== undefined) {
    const after = change.apply(target.value, { filter, inserting: false });
    if (!after.equals(target.value)) {
      checkValidator(collection, after, bypass);
      engine.documents.replace(collection, target.key, target.value, after);
    }
    return answer({ n: 1, updatedExisting: true }, undefined, shown(wantsNew ? after : target.value));
  }
  if (!args.boolean('upsert')) return answer({ n: 0, updatedExisting: false }, undefined, shown(undefined));
  const document = upsertedDocument(filter, change);
  const id = insertUpserted(engine, collectionForWriting(engine, command), document, bypass);
  return answer({ n: 1, updatedExisting: false }, id, shown(wantsNew ? document : undefined));
}

function targetOf(command: Command, engine: Engine, filter: BsonValue): TableEntry | undefined {
  const args = command.arguments;
  const matches = compileFilter(filter);
  const sort = parseSort(args.document('sort'));
  const collection = findCollection(engine, command);
  if (collection === undefined) return undefined;
  const hint = args.value('hint');
  const [target] = findTargets(engine, collection, {
    filter,
    matches,
    multi: false,
    sort,
    hint: hint === undefined ? undefined : hintedIndex(collection, hint),
  });
  return target;
}
