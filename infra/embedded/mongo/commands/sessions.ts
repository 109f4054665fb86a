import { UUID } from 'bson';
import { fieldsOf, itemsOf } from '../bson/elements.js';
import { BsonType } from '../bson/value.js';
import { CommandError } from '../errors.js';
import { type CommandHandler } from './command.js';
import { SESSION_MINUTES } from './handshake.js';

/** A session that ends takes its cursors along; its last numbered write stays known for a while. */
export const endSessions: CommandHandler = (command, engine) => {
  for (const session of itemsOf(command.arguments.array(command.name))) {
    const id = session.isDocument ? fieldsOf(session).get('id') : undefined;
    if (id?.type === BsonType.binary) {
      engine.cursors.killOfSession(id.bytes.toString('hex', id.start + 5, id.end));
    }
  }
  return {};
};

/** A session is only a name here, so any new one will do. */
export const startSession: CommandHandler = () => ({
  id: { id: new UUID() },
  timeoutMinutes: SESSION_MINUTES,
});

export const refreshSessions: CommandHandler = () => ({});

/** As a standalone server answers whoever ends a transaction it never began. */
export const noTransactions: CommandHandler = () => {
  throw new CommandError(
    'IllegalOperation',
    'Transaction numbers are only allowed on a replica set member or mongos',
  );
};
