import { BsonValue } from '../bson/value.js';
import { idOf } from '../bson/elements.js';
import { type Engine } from '../engine.js';
import { CommandError } from '../errors.js';
import { compileFilter } from '../query/matcher.js';
import { parseSort } from '../query/sort-order.js';
import { LARGEST_DOCUMENT, tooLarge } from '../store/document-store.js';
import { type CollectionDefinition } from '../store/index-definition.js';
import { findTargets } from '../write/find-targets.js';
import { compileUpdate } from '../write/update.js';
import { checkId, upsertedDocument } from '../write/upsert.js';
import { type CommandHandler } from './command.js';
import { checkCollation } from './concerns.js';
import { collectionForWriting, findCollection, hintedIndex, namespaceOfCommand } from './namespaces.js';
import {
  checkValidator,
  runStatements,
  runWrite,
  statementArguments,
  statementsOf,
  withErrors,
} from './write-command.js';
import { decodeValue } from './decode-value.js';

export interface UpdateResult {
  matched: number;
  modified: number;
  upsertedId?: BsonValue;
}

const STATEMENT_FIELDS = ['q', 'u', 'c', 'multi', 'upsert', 'hint', 'arrayFilters', 'sort'];

export const update: CommandHandler = (command, engine) => {
  const args = command.arguments.allow('updates', 'ordered', 'bypassDocumentValidation', 'let');
  const statements = statementsOf(command, 'updates');
  const ordered = args.boolean('ordered', true);
  const bypass = args.boolean('bypassDocumentValidation');
  namespaceOfCommand(command);
  return runWrite(command, engine, () => {
    let n = 0;
    let nModified = 0;
    const upserted: { index: number; _id: unknown }[] = [];
    const errors = runStatements(statements, ordered, (statement, index) => {
      const collection = findCollection(engine, command);
      const result = updateStatement(
        engine,
        collection,
        () => collectionForWriting(engine, command),
        statement,
        bypass,
      );
      n += result.matched + (result.upsertedId === undefined ? 0 : 1);
      nModified += result.modified;
      if (result.upsertedId !== undefined) upserted.push({ index, _id: decodeValue(result.upsertedId) });
    });
    return withErrors({ n, nModified, ...(upserted.length === 0 ? {} : { upserted }) }, errors);
  });
};

function updateStatement(
  engine: Engine,
  existing: CollectionDefinition | undefined,
  create: () => CollectionDefinition,
  statement: BsonValue,
  bypass: boolean,
): UpdateResult {
  const args = statementArguments('updates', statement, STATEMENT_FIELDS);
  checkCollation(args.document('collation'));
  const filter = args.document('q') ?? BsonValue.from({});
  const change = compileUpdate(args.required('u'), args.value('arrayFilters'), args.document('c'));
  const multi = args.boolean('multi');
  if (multi && change.kind === 'replacement') {
    throw new CommandError('FailedToParse', 'multi update is not supported for replacement-style update');
  }
  const matches = compileFilter(filter);
  const hint = args.value('hint');
  const targets =
    existing === undefined
      ? []
      : findTargets(engine, existing, {
          filter,
          matches,
          multi,
          sort: parseSort(args.document('sort')),
          hint: hint === undefined ? undefined : hintedIndex(existing, hint),
        });
  if (existing !== undefined && targets.length > 0) {
    let modified = 0;
    for (const { key, value } of targets) {
      const after = change.apply(value, { filter, inserting: false });
      if (after.equals(value)) continue;
      checkValidator(existing, after, bypass);
      engine.documents.replace(existing, key, value, after);
      modified += 1;
    }
    return { matched: targets.length, modified };
  }
  if (!args.boolean('upsert')) return { matched: 0, modified: 0 };
  const document = upsertedDocument(filter, change);
  const upsertedId = insertUpserted(engine, create(), document, bypass);
  return { matched: 0, modified: 0, upsertedId };
}

export function insertUpserted(
  engine: Engine,
  collection: CollectionDefinition,
  document: Buffer,
  bypass: boolean,
): BsonValue {
  if (document.length > LARGEST_DOCUMENT) throw tooLarge(document.length);
  checkId(document);
  checkValidator(collection, document, bypass);
  engine.documents.insert(collection, document);
  const id = idOf(BsonValue.document(document));
  if (id === undefined) throw new Error('an upserted document always has an _id');
  return id;
}
