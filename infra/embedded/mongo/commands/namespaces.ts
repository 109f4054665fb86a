import { CommandError, notImplemented } from '../errors.js';
import { type Engine } from '../engine.js';
import { type Plan } from '../query/planner.js';
import { type CollectionDefinition, type IndexDefinition, namespaceOf } from '../store/index-definition.js';
import { BsonType, type BsonValue } from '../bson/value.js';
import { parseSort } from '../query/sort-order.js';
import { type Command } from './command.js';
import { serialize } from 'bson';

const EMPTY_OPTIONS = Buffer.from(serialize({}));
const LONGEST_NAMESPACE = 255;

/** The collection a command speaks of: the value of its first field. */
export function collectionName(command: Command): string {
  const value = command.arguments.value(command.name);
  if (value?.type !== BsonType.string) {
    throw new CommandError('InvalidNamespace', `collection name has invalid type for ${command.name}`);
  }
  return value.text();
}

/** Some commands speak of the whole server and are only taken in its own database. */
export function requireAdmin(command: Command): void {
  if (command.database !== 'admin')
    throw new CommandError('Unauthorized', `${command.name} may only be run against the admin database.`);
}

export function namespaceOfCommand(command: Command): string {
  const name = collectionName(command);
  checkName(command.database, name);
  return `${command.database}.${name}`;
}

export function checkName(database: string, name: string): void {
  const namespace = `${database}.${name}`;
  const broken =
    name === '' ||
    name.startsWith('.') ||
    name.includes('$') ||
    name.includes('\0') ||
    /[/\\. "$\0]/.test(database) ||
    database === '';
  if (broken || Buffer.byteLength(namespace) > LONGEST_NAMESPACE) {
    throw new CommandError('InvalidNamespace', `Invalid namespace specified '${namespace}'`);
  }
}

export function findCollection(engine: Engine, command: Command): CollectionDefinition | undefined {
  return engine.catalog.find(namespaceOfCommand(command));
}

export function existingCollection(engine: Engine, command: Command): CollectionDefinition {
  const found = findCollection(engine, command);
  if (found === undefined)
    throw new CommandError('NamespaceNotFound', `ns not found ${namespaceOfCommand(command)}`);
  return found;
}

/** Writing to a collection that is not there creates it. */
export function collectionForWriting(engine: Engine, command: Command): CollectionDefinition {
  const found = findCollection(engine, command);
  if (found !== undefined) return found;
  const name = collectionName(command);
  if (name.startsWith('system.')) {
    throw new CommandError('InvalidNamespace', `cannot write to '${command.database}.${name}'`);
  }
  return engine.catalog.create(command.database, name, EMPTY_OPTIONS);
}

/** An index named in a hint, by name or by its key pattern; undefined when the hint asks for natural order. */
export function hintedIndex(collection: CollectionDefinition, hint: BsonValue): IndexDefinition | undefined {
  const index =
    hint.type === BsonType.string
      ? collection.indexes.find(({ name }) => name === hint.text())
      : findByPattern(collection, hint);
  if (index !== undefined) return index;
  const natural = hint.isDocument ? parseSort(hint)[0] : undefined;
  if (natural?.path === '$natural') {
    if (natural.descending) throw notImplemented('Reversed natural order');
    return collection.indexes[0];
  }
  throw new CommandError(
    'BadValue',
    'error processing query: planner returned error :: caused by :: hint provided does not correspond to an existing index',
  );
}

export function findByPattern(
  collection: CollectionDefinition,
  pattern: BsonValue,
): IndexDefinition | undefined {
  const wanted = JSON.stringify(parseSort(pattern));
  return collection.indexes.find(({ fields }) => JSON.stringify(fields) === wanted);
}

/** Guards a query that may take many turns: a result cut short by a drop must be an error, not a shorter result. */
export function readableGuard(engine: Engine, collection: CollectionDefinition, plan: Plan): () => void {
  const namespace = namespaceOf(collection);
  let checked = engine.catalog.version;
  return () => {
    if (engine.catalog.version === checked) return;
    const current = engine.catalog.find(namespace);
    if (current?.number !== collection.number) {
      throw new CommandError(
        'QueryPlanKilled',
        `collection dropped or renamed while a query was reading it: ${namespace}`,
      );
    }
    if (plan.kind === 'index' && !current.indexes.some(({ number }) => number === plan.index.number)) {
      throw new CommandError(
        'QueryPlanKilled',
        `index '${plan.index.name}' dropped while a query was reading it`,
      );
    }
    checked = engine.catalog.version;
  };
}
