import { connect } from 'node:net';
import { deserialize, type Document, serialize } from 'bson';

/** Sends one command as bare OP_MSG, for what the driver would change or refuse on its own. */
export async function rawCommand(port: number, command: Document): Promise<Document> {
  const body = Buffer.concat([Buffer.alloc(5), serialize(command)]);
  const header = Buffer.alloc(16);
  header.writeInt32LE(16 + body.length, 0);
  header.writeInt32LE(1, 4);
  header.writeInt32LE(2013, 12);
  const socket = connect(port, '127.0.0.1');
  socket.write(Buffer.concat([header, body]));
  let received = Buffer.alloc(0);
  try {
    for await (const chunk of socket) {
      received = Buffer.concat([received, chunk as Buffer]);
      if (received.length >= 4 && received.length >= received.readInt32LE(0))
        return deserialize(received.subarray(21));
    }
  } finally {
    socket.destroy();
  }
  throw new Error('the connection closed before an answer came');
}
