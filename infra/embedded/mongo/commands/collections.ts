import { serialize, UUID } from 'bson';
import { documentNode, encodeNode } from '../bson/node.js';
import { BsonValue } from '../bson/value.js';
import { CommandError, notImplemented } from '../errors.js';
import { compileFilter } from '../query/matcher.js';
import { type CollectionDefinition } from '../store/index-definition.js';
import { type CommandHandler } from './command.js';
import { checkCollation } from './concerns.js';
import { checkName, collectionName, findCollection, namespaceOfCommand, requireAdmin } from './namespaces.js';
import { cursorReply } from './replies.js';
import { runWrite } from './write-command.js';

const REFUSED_OPTIONS = [
  'size',
  'max',
  'viewOn',
  'pipeline',
  'timeseries',
  'expireAfterSeconds',
  'clusteredIndex',
  'changeStreamPreAndPostImages',
  'encryptedFields',
  'storageEngine',
  'indexOptionDefaults',
  'idIndex',
];

export const create: CommandHandler = (command, engine) => {
  const args = command.arguments.allow(
    'capped',
    'autoIndexId',
    'flags',
    'validator',
    'validationLevel',
    'validationAction',
    ...REFUSED_OPTIONS,
  );
  for (const option of REFUSED_OPTIONS) if (args.has(option)) throw notImplemented(`create with ${option}`);
  if (args.boolean('capped')) throw notImplemented('A capped collection');
  checkCollation(args.document('collation'));
  const validator = args.document('validator');
  compileFilter(validator);
  for (const [name, supported] of [
    ['validationLevel', 'strict'],
    ['validationAction', 'error'],
  ] as const) {
    if (args.has(name) && args.string(name) !== supported)
      throw notImplemented(`${name} ${args.string(name)}`);
  }
  const namespace = namespaceOfCommand(command);
  const name = collectionName(command);
  if (name.startsWith('system.'))
    throw new CommandError('InvalidNamespace', `Invalid system namespace: ${namespace}`);
  return runWrite(command, engine, () => {
    if (findCollection(engine, command) !== undefined) {
      throw new CommandError('NamespaceExists', `Collection ${namespace} already exists.`);
    }
    const options =
      validator === undefined
        ? Buffer.from(serialize({}))
        : encodeNode(documentNode([['validator', validator]]));
    const made = engine.catalog.create(command.database, name, options);
    if (validator !== undefined)
      engine.catalog.save({ ...made, validator: validator.slice().toString('base64') });
    return {};
  });
};

export const drop: CommandHandler = (command, engine) => {
  command.arguments.allow();
  const namespace = namespaceOfCommand(command);
  return runWrite(command, engine, () => {
    // Since 7.0 dropping what is not there is no error.
    const collection = findCollection(engine, command);
    if (collection === undefined) return {};
    engine.documents.clearCollection(collection);
    engine.catalog.remove(collection);
    return { nIndexesWas: collection.indexes.length, ns: namespace };
  });
};

export const dropDatabase: CommandHandler = (command, engine) =>
  runWrite(command, engine, () => {
    for (const collection of engine.catalog.in(command.database)) {
      engine.documents.clearCollection(collection);
      engine.catalog.remove(collection);
    }
    return { dropped: command.database };
  });

export const renameCollection: CommandHandler = (command, engine) => {
  const args = command.arguments.allow('to', 'dropTarget', 'stayTemp');
  requireAdmin(command);
  const from = args.string('renameCollection');
  const to = args.string('to');
  const dot = to.indexOf('.');
  const [database, name] = [to.slice(0, dot), to.slice(dot + 1)];
  checkName(database, name);
  return runWrite(command, engine, () => {
    const source = engine.catalog.find(from);
    if (source === undefined)
      throw new CommandError('NamespaceNotFound', `Source collection ${from} does not exist`);
    if (from === to) throw new CommandError('IllegalOperation', "Can't rename a collection to itself");
    const target = engine.catalog.find(to);
    if (target !== undefined) {
      if (!args.boolean('dropTarget')) throw new CommandError('NamespaceExists', 'target namespace exists');
      engine.documents.clearCollection(target);
      engine.catalog.remove(target);
    }
    engine.catalog.rename(source, database, name);
    return {};
  });
};

function described(collection: CollectionDefinition, nameOnly: boolean): Buffer {
  const fields: [string, BsonValue][] = [
    ['name', BsonValue.from(collection.name)],
    ['type', BsonValue.from('collection')],
  ];
  if (!nameOnly) {
    fields.push(['options', BsonValue.document(Buffer.from(collection.options, 'base64'))]);
    fields.push(['info', BsonValue.from({ readOnly: false, uuid: new UUID(collection.uuid) })]);
    fields.push(['idIndex', BsonValue.from({ v: 2, key: { _id: 1 }, name: '_id_' })]);
  }
  return encodeNode(documentNode(fields));
}

export const listCollections: CommandHandler = (command, engine) => {
  const args = command.arguments.allow('filter', 'nameOnly', 'cursor', 'authorizedCollections');
  const matches = compileFilter(args.document('filter'));
  const nameOnly = args.boolean('nameOnly');
  const documents = engine.catalog
    .in(command.database)
    .filter((collection) => matches(BsonValue.document(described(collection, false))))
    .sort((left, right) => (left.name < right.name ? -1 : 1))
    .map((collection) => described(collection, nameOnly));
  return cursorReply('firstBatch', `${command.database}.$cmd.listCollections`, 0n, documents);
};
