import { createServer } from 'node:net';
import { serialize } from 'bson';
import { fieldsOf, itemsOf } from '../../infra/embedded/mongo/bson/elements.js';
import type { BsonValue } from '../../infra/embedded/mongo/bson/value.js';
import { cursorReply } from '../../infra/embedded/mongo/commands/replies.js';
import { Connection } from '../../infra/embedded/mongo/wire/connection.js';
import type { Request } from '../../infra/embedded/mongo/wire/wire-message.js';
import { benchDocument } from './bench-document.js';

/**
 * The floor under the MongoDB node: the same connection and framing, but every write is answered at once, nothing is
 * stored, and every query finds one document.
 */
export function startNullMongo(): Promise<{ readonly url: string }> {
  const server = createServer((socket) => {
    new Connection(socket, (request) => Promise.resolve(answer(request)));
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      resolve({ url: `mongodb://127.0.0.1:${port}/?directConnection=true` });
    });
  });
}

const GREETING = {
  ...{ isWritablePrimary: true, ismaster: true, helloOk: true, readOnly: false, ok: 1 },
  ...{ maxBsonObjectSize: 16_777_216, maxMessageSizeBytes: 48_000_000, maxWriteBatchSize: 100_000 },
  ...{ logicalSessionTimeoutMinutes: 30, minWireVersion: 0, maxWireVersion: 21 },
};
const FOUND = Buffer.from(serialize(benchDocument('null', 0)));

function answer({ body, sequences }: Request): Buffer {
  const fields = fieldsOf(body);
  const [name = ''] = fields.keys();
  const statements = (field: string): readonly BsonValue[] => {
    const inside = fields.get(field);
    return sequences.get(field) ?? (inside === undefined ? [] : itemsOf(inside));
  };
  switch (name) {
    case 'insert':
      return Buffer.from(serialize({ n: statements('documents').length, ok: 1 }));
    case 'update': {
      const upserted = statements('updates').map((statement, index) => ({
        index,
        _id: idAskedFor(statement),
      }));
      return Buffer.from(serialize({ n: upserted.length, nModified: 0, upserted, ok: 1 }));
    }
    case 'find':
      return cursorReply('firstBatch', 'bench.documents', 0n, [FOUND]);
    case 'hello':
    case 'ismaster':
      return Buffer.from(serialize(GREETING));
    default:
      return Buffer.from(serialize({ ok: 1 }));
  }
}

function idAskedFor(statement: BsonValue): string {
  const filter = fieldsOf(statement).get('q');
  return (filter && fieldsOf(filter).get('_id')?.text()) ?? '';
}
