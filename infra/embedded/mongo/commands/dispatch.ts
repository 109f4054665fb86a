import { fieldsOf } from '../bson/elements.js';
import { BsonType, type BsonValue } from '../bson/value.js';
import { CommandError } from '../errors.js';
import { type Engine } from '../engine.js';
import { type Request } from '../wire/wire-message.js';
import { CommandArguments } from './arguments.js';
import { COMMANDS } from './command-table.js';
import { checkGenericArguments } from './concerns.js';
import { encodeReplyDocument } from './replies.js';

const GREETINGS = new Set(['hello', 'isMaster', 'ismaster']);

/** Who asks. */
export interface Client {
  readonly id: number;
  /** Address and port. */
  readonly peer: string;
}

/** Answers one request; whatever goes wrong becomes an error reply, never a broken connection. */
export async function dispatch(request: Request, engine: Engine, client: Client): Promise<Buffer> {
  try {
    const fields = fieldsOf(request.body);
    const [name = ''] = fields.keys();
    const handler = COMMANDS.get(name);
    if (handler === undefined) throw new CommandError('CommandNotFound', `no such command: '${name}'`);
    if (request.legacy && !GREETINGS.has(name)) {
      throw new CommandError(
        'UnsupportedOpQueryCommand',
        `Unsupported OP_QUERY command: ${name}. The client driver may require an upgrade.`,
      );
    }
    const args = new CommandArguments(name, fields);
    checkGenericArguments(args);
    const command = {
      name,
      database: databaseOf(request, fields),
      arguments: args,
      sequences: request.sequences,
      connectionId: client.id,
      peer: client.peer,
    };
    return encodeReplyDocument(await handler(command, engine));
  } catch (error) {
    return asCommandError(error).reply();
  }
}

function databaseOf(request: Request, fields: ReadonlyMap<string, BsonValue>): string {
  if (request.legacy) return 'admin';
  const database = fields.get('$db');
  if (database?.type !== BsonType.string) {
    throw new CommandError('IDLFailedToParse', 'OP_MSG requests require a $db argument');
  }
  return database.text();
}

function asCommandError(error: unknown): CommandError {
  if (error instanceof CommandError) return error;
  return new CommandError('InternalError', error instanceof Error ? error.message : String(error));
}
