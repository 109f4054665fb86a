import { createConnection, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { BSON, type Document } from 'mongodb';

const headerBytes = 16;
const flagBytes = 4;
const opMsg = 2013;

/** Stands between a driver and a server, writes down the commands that go by, and can answer some itself. */
export class CommandTap {
  readonly commands: Document[] = [];
  /** What it answers in the server's place, which hears nothing then. */
  answersInstead: (command: Document) => Document | undefined = () => undefined;
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;

  private constructor(port: number) {
    this.server = createServer((driver) => {
      const server = createConnection(port, '127.0.0.1');
      for (const socket of [driver, server]) {
        this.sockets.add(socket);
        socket.on('error', () => undefined);
        socket.on('close', () => this.end());
      }
      let unread = Buffer.alloc(0);
      driver.on('data', (bytes: Buffer) => {
        unread = this.listen(Buffer.concat([unread, bytes]), driver, server);
      });
      server.pipe(driver);
    });
  }

  static async before(port: number): Promise<CommandTap> {
    const tap = new CommandTap(port);
    await new Promise<void>((resolve) => tap.server.listen(0, '127.0.0.1', resolve));
    return tap;
  }

  get url(): string {
    return `mongodb://127.0.0.1:${(this.server.address() as AddressInfo).port}/?directConnection=true`;
  }

  /** The commands of a name. */
  heard(name: string): readonly Document[] {
    return this.commands.filter((command) => name in command);
  }

  close(): void {
    this.server.close();
    this.end();
  }

  private end(): void {
    for (const socket of this.sockets) socket.destroy();
    this.sockets.clear();
  }

  /** Takes whole messages off the front; only their first section names the command. */
  private listen(bytes: Buffer, driver: Socket, server: Socket): Buffer<ArrayBuffer> {
    let rest = Buffer.from(bytes);
    while (rest.length >= headerBytes && rest.length >= rest.readInt32LE(0)) {
      const message = rest.subarray(0, rest.readInt32LE(0));
      rest = rest.subarray(message.length);
      const command = commandOf(message);
      if (command) this.commands.push(command);
      const answer = command && this.answersInstead(command);
      if (answer) driver.write(messageWith(answer, message.readInt32LE(4)));
      else server.write(message);
    }
    return rest;
  }
}

function commandOf(message: Buffer): Document | undefined {
  if (message.readInt32LE(12) !== opMsg) return undefined;
  const start = headerBytes + flagBytes + 1;
  return BSON.deserialize(message.subarray(start, start + message.readInt32LE(start)), {
    promoteLongs: false,
  });
}

function messageWith(answer: Document, to: number): Buffer {
  const body = BSON.serialize(answer);
  const header = Buffer.alloc(headerBytes + flagBytes + 1);
  header.writeInt32LE(header.length + body.length, 0);
  header.writeInt32LE(to, 8);
  header.writeInt32LE(opMsg, 12);
  return Buffer.concat([header, body]);
}
