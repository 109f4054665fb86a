import { Long } from 'bson';
import { itemsOf } from '../bson/elements.js';
import { BsonType } from '../bson/value.js';
import { CommandError } from '../errors.js';
import { type CommandHandler } from './command.js';

export const killCursors: CommandHandler = (command, engine) => {
  const killed: Long[] = [];
  const notFound: Long[] = [];
  for (const value of itemsOf(command.arguments.allow('cursors').array('cursors'))) {
    if (value.type !== BsonType.int64) throw new CommandError('TypeMismatch', 'a cursor id is a long');
    const id = value.bytes.readBigInt64LE(value.start);
    (engine.cursors.kill(id) ? killed : notFound).push(Long.fromBigInt(id));
  }
  return { cursorsKilled: killed, cursorsNotFound: notFound, cursorsAlive: [], cursorsUnknown: [] };
};
