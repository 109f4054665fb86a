import { BsonValue } from '../bson/value.js';
import { compileFilter } from '../query/matcher.js';
import { type CommandHandler } from './command.js';
import { requireAdmin } from './namespaces.js';
import { storedBytes } from './statistics.js';

export const listDatabases: CommandHandler = (command, engine) => {
  requireAdmin(command);
  const args = command.arguments.allow('filter', 'nameOnly', 'authorizedDatabases');
  const matches = compileFilter(args.document('filter'));
  const nameOnly = args.boolean('nameOnly');
  const names = [...new Set(engine.catalog.all().map(({ database }) => database))].sort();
  const all = names.map((name) => {
    if (nameOnly) return { name };
    const sizes = engine.catalog.in(name).map((collection) => storedBytes(engine, collection));
    const sizeOnDisk = sizes.reduce((sum, size) => sum + size, 0);
    return { name, sizeOnDisk, empty: sizeOnDisk === 0 };
  });
  const databases = all.filter((database) => matches(BsonValue.from(database)));
  if (nameOnly) return { databases };
  const totalSize = databases.reduce((sum, { sizeOnDisk = 0 }) => sum + sizeOnDisk, 0);
  return { databases, totalSize, totalSizeMb: Math.floor(totalSize / (1024 * 1024)) };
};
